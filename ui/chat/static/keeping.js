// The conversation as this tab keeps it, so that reloading the page loses nothing. The tab's own storage: another tab
// has another conversation, and closing the tab forgets it. What a signed-in person left is for that person alone.

const KEPT = "cct.conversation";
const KEPT_VERSION = 1;
const KEPT_FOR = 7 * 24 * 3600 * 1000; // milliseconds, for a tab that is never closed
const LONGEST_KEPT = 2_000_000; // characters; browsers allow some five million
let kept = null; // what the storage holds, or is to hold
let begun = false; // something was asked since the page opened: what was kept before is no longer to be shown
let keptAs = null; // who the page was opened for, once the server said it
let toldTooLong = false;

function keep(changed) {
  kept = { ...(kept || { sources: null, earlier: null, buttons: null }), ...changed, records };
  store();
}

function keepAsked(messages) {
  begun = true;
  if (Array.isArray(messages)) keep({ chat: messages });
}

function keepReply(shown, event) {
  const [chat, sources, earlier, , ...buttons] = shown;
  if (!Array.isArray(chat)) return;
  keep({ chat, sources, earlier, buttons, scope: event.data[3], mode: event.data[5] });
}

async function store() {
  const whole = kept;
  const owner = await owned();
  if (owner === null || kept !== whole) return;
  const written = { version: KEPT_VERSION, owner, at: Date.now(), ...whole };
  for (const less of [{}, { earlier: "" }]) {
    const text = JSON.stringify({ ...written, ...less });
    if (text.length <= LONGEST_KEPT && stored(text)) return;
  }
  forgetStored();
  if (!toldTooLong) say(WORDING.tooLongToKeep, 15000);
  toldTooLong = true;
}

function stored(text) {
  try {
    sessionStorage.setItem(KEPT, text);
    return true;
  } catch {
    return false; // no storage, or no room in it
  }
}

// A new conversation: nothing of this one comes back.
function forget() {
  kept = null;
  begun = true;
  records.length = 0;
  forgetStored();
}

function forgetStored() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // the browser keeps nothing
  }
}

function found() {
  try {
    const held = JSON.parse(sessionStorage.getItem(KEPT));
    const sound = held && held.version === KEPT_VERSION && Array.isArray(held.chat) && Array.isArray(held.records);
    return sound && Date.now() - held.at < KEPT_FOR ? held : null;
  } catch {
    return null;
  }
}

// A pseudonym, "" where nobody signs in; null while the server does not say.
async function owned() {
  if (keptAs === null) {
    const answered = await fetch(`${WORDING.base}page/session`).catch(() => null);
    if (answered && answered.ok) keptAs = (await answered.json()).owner;
  }
  return keptAs;
}

// What gradio is answered when it asks for the conversation to show; the request itself goes nowhere.
async function restored() {
  const held = begun ? null : found();
  const owner = held ? await owned() : null;
  if (!held || begun || owner === null) return asJson(nothing(WORDING.restoredOutputs));
  if (held.owner !== owner) {
    forgetStored();
    return asJson(nothing(WORDING.restoredOutputs));
  }
  if (!kept) {
    // once: gradio may ask twice, and an opinion may be under way on a record by then
    const { chat, sources, earlier, buttons, scope, mode } = held;
    kept = { chat, sources, earlier, buttons, scope, mode };
    records.splice(0, records.length, ...held.records);
  }
  const last = held.chat[held.chat.length - 1];
  const status = last && last.role === "user" ? WORDING.restoredUnanswered : WORDING.restored;
  const linked = new URLSearchParams(location.search).get("q");
  const shown = [held.chat, held.sources, held.earlier, linked ? null : status, ...(held.buttons || [])];
  const data = nothing(WORDING.restoredOutputs).data.map((same, n) => shown[n] ?? same);
  data[data.length - 2] = offered("#perimetre", held.scope) ?? data[data.length - 2];
  data[data.length - 1] = offered("#mode", held.mode) ?? data[data.length - 1];
  return asJson({ ...nothing(0), data });
}

// A choice that the page still offers.
function offered(where, value) {
  return every(`${where} input`).some((input) => input.value === value) ? value : null;
}

// Gradio may have asked for it before this script was there to answer.
let offering = false;
function restore() {
  const button = byId("reprendre");
  if (offering || !button) return;
  offering = true;
  if (found()) button.click();
}
