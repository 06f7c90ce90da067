// Gradio's requests, made to last: sent again until a server answers; a reply shown while it is made, and stopped at will.

const ABSENT = [502, 503, 504];
const PAUSE = 2000;
const ATTEMPTS = 300;
const records = []; // what may be done with each answer, in the order of the conversation
let running = null;
let whenAsked = null;

function listenToRequests() {
  const send = window.fetch.bind(window);
  window.fetch = async (resource, options) => {
    const event = runEvent(resource, options);
    if (!event) return send(resource, options);
    if (WORDING.restores.includes(event.fn_index)) return restored();
    if (WORDING.choices.includes(event.fn_index)) return keepChosen(event.data);
    if (WORDING.replies.includes(event.fn_index)) return reply(send, String(resource), event);
    const asks = WORDING.asks.includes(event.fn_index);
    if (asks) begin();
    const response = await untilAnswered(null, () => send(resource, options));
    if (asks && !(response && response.ok)) await refused(response);
    else if (asks && running && !running.given) keepAsked((await response.clone().json()).data[0]);
    if (asks && whenAsked) {
      setTimeout(whenAsked, 50);
      whenAsked = null;
    }
    return response || Response.error();
  };
}

async function refused(response) {
  end();
  if (response) say(await problemOf(response.clone()), 20000);
}

function runEvent(resource, options) {
  if (!options || options.method !== "POST" || !String(resource).includes("/gradio_api/run/")) return null;
  try {
    return JSON.parse(options.body);
  } catch {
    return {};
  }
}

// After one request without a server gradio sends nothing more until it reloads the page, which loses
// the conversation: the request is sent again until somebody answers, or until the person gives up.
async function untilAnswered(turn, attempt) {
  for (let n = 0; n < ATTEMPTS; n += 1) {
    const answered = await attempt().catch(() => null);
    if (answered && !ABSENT.includes(answered.status)) return answered;
    if (turn && turn.given) return null;
    if (turn && turn.stopped && !turn.resent) {
      turn.resent = true;
      continue;
    }
    if (n % 4 === 0) say(WORDING.serverAbsent);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return null;
}

function begin() {
  running = { controller: new AbortController(), stopped: false, given: false, resent: false };
  root.classList.add("en-cours");
  setAttribute(document.querySelector('#chat [role="log"]'), "aria-busy", "true");
}

function end() {
  running = null;
  root.classList.remove("en-cours");
  setAttribute(document.querySelector('#chat [role="log"]'), "aria-busy", "false");
  progressLine("");
}

async function reply(send, address, event) {
  const turn = running || (begin(), running);
  const where = address.replace(/run\/.*$/, "run/reply");
  const done = await untilAnswered(turn, () => attempt(send, where, event, turn));
  const answers = event.data[0].filter((message) => message.role === "assistant").length;
  const given = turn.given || !done;
  if (running === turn) end();
  if (given || !done.response) {
    clearDraft();
    if (done && done.problem) say(done.problem, 20000);
    return asJson(nothing());
  }
  records.length = answers;
  if (done.record) records[answers] = done.record;
  keepReply(done.response.data);
  setTimeout(clearDraft, 1000); // gone before, when the message that replaces it is there
  return asJson(done.response);
}

async function attempt(send, where, event, turn) {
  const response = await send(where, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...event, stopped: turn.stopped }),
    signal: turn.controller.signal,
  });
  if (ABSENT.includes(response.status)) return response;
  if (!response.ok) return { problem: `${await problemOf(response)} ${WORDING.questionKept}` };
  for await (const told of events(response.body)) {
    if (told.kind === "done") return told;
    if (told.kind === "writing") progressLine(WORDING.writing);
    if (told.kind === "text") draft(told.text);
  }
  throw new Error("the stream ended early");
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (waiting + value).split("\n\n");
    waiting = blocks.pop();
    for (const block of blocks) yield JSON.parse(block.replace(/^data: /, ""));
  }
}

async function problemOf(response) {
  const told = await response.json().catch(() => null);
  return (told && told.detail) || WORDING.noFurther.replace("{status}", response.status);
}

function asJson(content) {
  return new Response(JSON.stringify(content), { headers: { "content-type": "application/json" } });
}

// What gradio answers when an event changes nothing.
function nothing(outputs = WORDING.outputs) {
  return { data: Array(outputs).fill({ __type__: "update" }), is_generating: false, duration: 0, average_duration: 0 };
}

// The extracts come in the place of what the model was writing.
function stop() {
  if (!running || running.stopped) return;
  running.stopped = true;
  const aborted = running.controller;
  running.controller = new AbortController();
  aborted.abort();
  clearDraft();
  progressLine(WORDING.stopping);
}

// A new conversation: whatever comes of the question under way is for nobody.
function giveUp() {
  if (!running) return;
  running.given = true;
  running.controller.abort();
  clearDraft();
  end();
}

function progressLine(sentence) {
  let line = byId("avancement");
  if (!sentence) {
    if (line) line.remove();
    return;
  }
  if (!line) {
    line = element("p", { id: "avancement" });
    byId("etat").append(line);
  }
  if (line.textContent !== sentence) line.textContent = sentence;
}

// The checked sentences so far, hidden from screen readers: the whole answer is read once, when it stands.
function draft(text) {
  const conversation = document.querySelector("#chat .message-wrap");
  if (!conversation) return;
  let shown = byId("redaction");
  if (!shown) {
    shown = element("div", { id: "redaction", class: "prose", "aria-hidden": "true" });
    conversation.append(shown);
    showBeginning();
  }
  shown.replaceChildren(...text.split(/\n{2,}/).map(paragraph));
}

function paragraph(text) {
  const quoted = text.startsWith("> ");
  const made = element(quoted ? "blockquote" : "p");
  text.split("\n").forEach((line, n) => {
    if (n) made.append(element("br"));
    line.replace(/^> ?/, "").split(/\*\*(.+?)\*\*/).forEach((part, k) => made.append(k % 2 ? element("strong", {}, part) : part));
  });
  return made;
}

function clearDraft() {
  const shown = byId("redaction");
  if (shown) shown.remove();
}
