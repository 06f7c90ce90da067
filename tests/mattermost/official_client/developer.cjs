// A developer's Mattermost: the official client, driven by JSON lines. Usage: node developer.cjs FOLDER_OF_PACKAGES
//
// In:  {"id": 1, "do": "sign_in", "url": "http://…", "token": "…"}
//      {"id": 2, "do": "call", "method": "createPost", "args": [{…}]}       any method of Client4
//      {"id": 3, "do": "connect", "header": true, "retry": 50}              the WebSocket; header: resume is possible
//      {"id": 4, "do": "typing", "channel_id": "…", "parent_id": "…"}
//      {"id": 5, "do": "abort"}                                             the socket dies under the client
// Out: {"id": 2, "ok": …} or {"id": 2, "error": {message, status_code, server_error_id}}
//      {"event": {…}}  what the WebSocket listener got      {"socket": "open" | "reopened" | "closed" | "missed"}
'use strict';
const path = require('path');
const readline = require('readline');
const load = require('module').createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));

console.log = console.info = console.warn = (...words) => console.error(...words); // stdout is for the lines

const WebSocket = load('ws');
globalThis.WebSocket = WebSocket;
globalThis.CloseEvent = globalThis.CloseEvent || class CloseEvent extends Event {
    constructor(type, init = {}) {
        super(type);
        this.code = init.code;
        this.wasClean = init.wasClean;
    }
};
const { Client4, WebSocketClient } = load('@mattermost/client');

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const client = new Client4();
client.setIncludeCookies(false);
let token = '';
let socket = null;
let raw = null;

function connect(asked) {
    const headers = asked.header ? { Authorization: `Bearer ${token}` } : {};
    socket = new WebSocketClient({
        minWebSocketRetryTime: asked.retry || 3000,
        reconnectJitterRange: 1,
        clientPingInterval: asked.ping || 30000,
        newWebSocketFn: (url) => (raw = new WebSocket(url, { headers })),
    });
    socket.addMessageListener((message) => say({ event: message }));
    socket.addFirstConnectListener(() => say({ socket: 'open' }));
    socket.addReconnectListener(() => say({ socket: 'reopened' }));
    socket.addCloseListener(() => say({ socket: 'closed' }));
    socket.addMissedMessageListener(() => say({ socket: 'missed' }));
    socket.addErrorListener(() => {});
    socket.initialize(client.getUrl().replace(/^http/, 'ws') + '/api/v4/websocket', token);
}

const answered = (send) => new Promise((resolve) => send(resolve));

const actions = {
    sign_in: (asked) => {
        client.setUrl(asked.url);
        token = asked.token;
        client.setToken(token);
        return client.getMe();
    },
    call: (asked) => {
        if (typeof client[asked.method] !== 'function') {
            throw new Error(`Client4 n'a pas de méthode ${asked.method}`);
        }
        return client[asked.method](...(asked.args || []));
    },
    server_version: () => client.getServerVersion(),
    connect: (asked) => connect(asked),
    disconnect: () => socket && socket.close(),
    abort: () => raw && raw.terminate(),
    typing: (asked) => answered((done) => socket.userTyping(asked.channel_id, asked.parent_id || '', done)),
    ping: () => answered((done) => socket.ping(done)),
    stream: () => ({ connection_id: socket.connectionId, next: socket.serverSequence }),
};

async function act(asked) {
    try {
        const found = await actions[asked.do](asked);
        say({ id: asked.id, ok: found === undefined ? null : found });
    } catch (error) {
        const { message, status_code, server_error_id } = error;
        say({ id: asked.id, error: { message: String(message), status_code: status_code || 0, server_error_id: server_error_id || '' } });
    }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => act(JSON.parse(line))).on('close', () => process.exit(0));
