// The conversation as this tab keeps it, so that reloading the page loses nothing. The tab's own storage: another tab
// has another conversation, and closing the tab forgets it. What a signed-in person left is for that person alone.

const KEPT = "cct.conversation";
const KEPT_VERSION = 1;
const KEPT_FOR = 7 * 24 * 3600 * 1000; // milliseconds, for a tab that is never closed
const LONGEST_KEPT = 2_000_000; // characters; browsers allow some five million
let kept = null; // what the storage holds, or is to hold
let begun = false; // something was asked since the page opened: what was kept before is no longer to be shown
let keptAs = null; // who the page was opened for, once the server said it
let settings = null; // scope, revision and mode, once the person set one of them or they were found again
let revisionGone = false; // the one that was chosen is not offered any more
let toldTooLong = false;

function keep(changed) {
  kept = { ...(kept || { chat: [], sources: null, earlier: null, buttons: null }), ...changed, records };
  store();
}

function keepAsked(messages) {
  begun = true;
  if (Array.isArray(messages)) keep({ chat: messages });
}

function keepReply(shown) {
  const [chat, sources, earlier, , ...buttons] = shown;
  if (Array.isArray(chat)) keep({ chat, sources, earlier, buttons });
}

// What gradio would tell the server of each choice; nobody there needs to know before a question.
function keepChosen([scope, revision, mode]) {
  settings = { scope, revision, mode };
  if (kept || begun || !found()) keep({}); // else the conversation is about to be shown again, and kept with this
  return asJson(nothing(0));
}

async function store() {
  const whole = kept;
  const owner = await owned();
  if (owner === null || kept !== whole) return;
  const written = { version: KEPT_VERSION, owner, at: Date.now(), ...whole, ...settings };
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

// A new conversation: nothing of this one comes back, but what was chosen for the questions stays.
function forget() {
  kept = null;
  begun = true;
  records.length = 0;
  forgetStored();
  if (settings) keep({});
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
    const told = await session();
    if (told) keptAs = told.owner;
  }
  return keptAs;
}

// Who the page is opened for, and the revisions that may be chosen; null while the server does not say.
async function session() {
  const answered = await fetch(`${WORDING.base}page/session`).catch(() => null);
  return answered && answered.ok ? answered.json() : null;
}

// What gradio is answered when it asks for the conversation to show; the request itself goes nowhere.
async function restored() {
  const held = begun ? null : found();
  const told = held ? await session() : null;
  if (!held || begun || !told) return asJson(nothing(WORDING.restoredOutputs));
  keptAs = told.owner;
  if (held.owner !== told.owner) {
    forgetStored();
    return asJson(nothing(WORDING.restoredOutputs));
  }
  if (!kept) {
    // once: gradio may ask twice, and an opinion may be under way on a record by then
    const { chat, sources, earlier, buttons } = held;
    kept = { chat, sources, earlier, buttons };
    records.splice(0, records.length, ...held.records);
    settle(held, told.revisions);
  }
  const shown = [held.chat, held.sources, held.earlier, restoredStatus(held.chat), ...(held.buttons || [])];
  const set = [offered("#perimetre", settings.scope), settings.revision, offered("#mode", settings.mode)];
  const all = nothing(WORDING.restoredOutputs).data;
  const data = all.map((same, n) => (n < WORDING.outputs ? shown[n] : set[n - WORDING.outputs]) ?? same);
  return asJson({ ...nothing(0), data });
}

// What was chosen while the page opened counts more than what was kept, and a revision only while it is offered.
function settle(held, revisions) {
  const { scope, revision, mode } = settings || held;
  revisionGone = Boolean(revision) && !revisions.includes(revision);
  settings = { scope, revision: revisionGone ? "" : revision || "", mode };
  keep({});
}

function restoredStatus(chat) {
  if (revisionGone) return WORDING.revisionGone;
  if (chat.length === 0 || new URLSearchParams(location.search).get("q")) return null;
  return chat[chat.length - 1].role === "user" ? WORDING.restoredUnanswered : WORDING.restored;
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
