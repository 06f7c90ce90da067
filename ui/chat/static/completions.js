// What completes the question while it is typed: requirements, components and terms, then questions of the bank. The
// field keeps its own role and its lines; what holds it is the combobox, and Enter without a choice sends as usual.

const LIST = "completions";
const TYPING_PAUSE = 120;
const LONGEST_TYPED = 200;
let offers = []; // what choosing each line writes in the field
let chosen = -1;
let typingTimer = 0;
let underSearch = null;

function nameCompletions() {
  const field = questionField();
  if (!WORDING.suggests || !field || byId(LIST)) return;
  const list = element("ul", { id: LIST, role: "listbox", "aria-label": WORDING.completions, hidden: true });
  byId("question").append(list, element("p", { id: `${LIST}-etat`, class: "lu", role: "status" }));
  const holder = field.parentElement;
  const named = { role: "combobox", "aria-label": WORDING.completing, "aria-haspopup": "listbox", "aria-owns": LIST, "aria-controls": LIST, "aria-expanded": "false" };
  for (const [key, value] of Object.entries(named)) setAttribute(holder, key, value);
  setAttribute(field, "aria-autocomplete", "list");
  setAttribute(field, "aria-controls", LIST);
  field.addEventListener("input", (event) => {
    if (!event.isTrusted) return; // the page filled the field itself
    closeCompletions();
    typingTimer = setTimeout(complete, TYPING_PAUSE);
  });
  field.addEventListener("blur", closeCompletions);
}

async function complete() {
  const field = questionField();
  const typed = field.value;
  if (typed.trim().length < 2 || typed.length > LONGEST_TYPED || typed.includes("\n")) return;
  underSearch = new AbortController();
  const address = `${WORDING.base}api/v1/suggest?limit=5&q=${encodeURIComponent(typed)}`;
  const answered = await fetch(address, { signal: underSearch.signal }).catch(() => null);
  if (!answered || !answered.ok) return; // one asks without it
  const found = await answered.json();
  if (field.value === typed && document.activeElement === field) showCompletions(typed, found);
}

function showCompletions(typed, found) {
  const rest = typed.trimEnd().slice(0, typed.trimEnd().length - found.fragment.length);
  const records = found.suggestions.map((one) => ({
    strong: one.id,
    more: ` ${[one.type, one.source_title, one.title].filter(Boolean).join(", ")}`,
    text: rest.trim() ? rest + one.id : one.question,
  }));
  const questions = found.questions.map((text) => ({ strong: "", more: text, text }));
  offers = [...records, ...questions].filter((one) => one.text !== typed.trim());
  const list = byId(LIST);
  list.replaceChildren(...offers.map(completionLine));
  list.hidden = offers.length === 0;
  setAttribute(questionField().parentElement, "aria-expanded", String(offers.length > 0));
  mark(-1);
  const count = offers.length > 1 ? WORDING.completionsCount.replace("{n}", offers.length) : WORDING.completionsOne;
  byId(`${LIST}-etat`).textContent = offers.length ? count : "";
}

function completionLine(offer, n) {
  const line = element("li", { id: `${LIST}-${n}`, role: "option", "aria-selected": "false", onclick: () => chooseCompletion(n) });
  line.append(...(offer.strong ? [element("strong", {}, offer.strong)] : []), offer.more);
  line.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  return line;
}

function mark(position) {
  chosen = position;
  const lines = [...byId(LIST).children];
  lines.forEach((line, n) => setAttribute(line, "aria-selected", String(n === chosen)));
  if (chosen < 0) questionField().removeAttribute("aria-activedescendant");
  else {
    setAttribute(questionField(), "aria-activedescendant", lines[chosen].id);
    lines[chosen].scrollIntoView({ block: "nearest" });
  }
}

function chooseCompletion(n) {
  const { text } = offers[n];
  closeCompletions();
  fill(questionField(), text);
  questionField().focus();
}

function closeCompletions() {
  clearTimeout(typingTimer);
  if (underSearch) underSearch.abort();
  const list = byId(LIST);
  if (!list || list.hidden) return;
  list.hidden = true;
  byId(`${LIST}-etat`).textContent = "";
  setAttribute(questionField().parentElement, "aria-expanded", "false");
  mark(-1);
}

// True when the key was for the list; any other key is the page's.
function completionKey(event) {
  if (event.target !== questionField() || event.isComposing) return false;
  const list = byId(LIST);
  if (!list || list.hidden) {
    if (event.key === "Enter") closeCompletions(); // sent: nothing is to be offered any more
    return false;
  }
  if (event.key === "ArrowDown") mark(chosen + 1 < offers.length ? chosen + 1 : 0);
  else if (event.key === "ArrowUp") mark(chosen > 0 ? chosen - 1 : offers.length - 1);
  else if (event.key === "Escape") closeCompletions();
  else if (event.key === "Enter" && !event.shiftKey && chosen >= 0) chooseCompletion(chosen);
  else {
    if (event.key === "Enter" || event.key === "Tab") closeCompletions();
    return false;
  }
  event.preventDefault();
  event.stopPropagation();
  return true;
}
