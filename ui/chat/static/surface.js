// The page in French for everybody, named for screen readers, and its links to sources.

const root = document.documentElement;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function byId(id) {
  return document.getElementById(id);
}

function every(selector) {
  return [...document.querySelectorAll(selector)];
}

// Text is only ever put in as text: what a document, a model or a person wrote is never read as HTML.
function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...content);
  return made;
}

function setAttribute(target, name, value) {
  if (target && target.getAttribute(name) !== value) target.setAttribute(name, value);
}

function keepFrench() {
  if (root.lang !== "fr") root.lang = "fr";
}

function say(sentence, milliseconds = 8000) {
  every("#etat .note").forEach((earlier) => earlier.remove());
  const note = element("p", { class: "note" }, sentence);
  byId("etat").append(note);
  setTimeout(() => note.remove(), milliseconds);
}

function show(target) {
  for (let folded = target.closest("details"); folded; folded = folded.parentElement.closest("details")) {
    folded.open = true;
  }
  const field = target.querySelector("textarea");
  const focused = field || target.querySelector("summary") || target;
  if (focused === target) target.tabIndex = -1;
  focused.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  every(".source.shown").forEach((other) => other.classList.remove("shown"));
  target.classList.add("shown");
}

// With a query string in the address, following "#src-1" would reload the page (<base href="./">)
// and lose the conversation: the jump is made here, and the address does not change.
function follow(event) {
  const link = event.target.closest && event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const address = link.getAttribute("href");
  if (link.classList.contains("ask")) {
    event.preventDefault();
    askFrom(new URL(link.href).searchParams.get("q"));
    return;
  }
  if (!address.startsWith("#")) return;
  event.preventDefault();
  const name = decodeURIComponent(address.slice(1));
  const card = byId(name.replace(/^copier-/, ""));
  if (name.startsWith("copier-") && card) copyReference(card);
  else if (card) show(card);
  else if (name.startsWith("src")) say(WORDING.sourceGone);
}

function copyReference(card) {
  copyText(card.querySelector(".source-reference").textContent, WORDING.referenceCopied);
}

async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say(copyThroughField(text) ? done : WORDING.notCopied);
  }
}

// The clipboard is refused to pages that are not served over https.
function copyThroughField(text) {
  const focused = document.activeElement;
  const field = element("textarea", { "aria-hidden": "true", class: "lu" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused) focused.focus();
  return done;
}

// A long piece of an answer that is copied by hand says where it comes from.
function signCopies(event) {
  const chosen = document.getSelection();
  const from = chosen.anchorNode && chosen.anchorNode.parentElement;
  if (!from || !from.closest('#chat [data-testid="bot"]') || String(chosen).length < 200) return;
  event.clipboardData.setData("text/plain", `${chosen}\n\n${WORDING.generatedBy}`);
  event.preventDefault();
}

// What gradio leaves in English, or unnamed, for screen readers.
function name() {
  every('#chat [data-testid="bot"]').forEach((e) => {
    setAttribute(e, "role", "article");
    setAttribute(e, "aria-label", WORDING.answerLabel);
  });
  every('#chat [data-testid="user"]').forEach((e) => {
    setAttribute(e, "role", "article");
    setAttribute(e, "aria-label", WORDING.questionLabel);
  });
  setAttribute(document.querySelector('#chat [role="log"]'), "aria-label", WORDING.conversationLabel);
  setAttribute(byId("etat"), "role", "status");
  setAttribute(byId("etat"), "aria-live", "polite");
  const sources = byId("colonne-sources");
  setAttribute(sources, "role", "region");
  setAttribute(sources, "aria-label", WORDING.sourcesLabel);
  setAttribute(sources, "tabindex", "0");
  const navigation = byId("navigation");
  setAttribute(navigation, "role", "navigation");
  setAttribute(navigation, "aria-label", WORDING.navigationLabel);
  setAttribute(byId("pied"), "role", "navigation");
  setAttribute(byId("pied"), "aria-label", WORDING.footerLabel);
  setAttribute(byId("perimetre"), "aria-label", WORDING.scopeLabel);
  setAttribute(byId("mode"), "aria-label", WORDING.modeLabel);
  every("#compte a").forEach((e) => e.removeAttribute("target")); // signing out leaves the page, on purpose
  every("a.action").forEach((e) => setAttribute(e, "role", "button"));
  every("[aria-label]").forEach((e) => {
    const french = WORDING.english[e.getAttribute("aria-label")];
    if (french) e.setAttribute("aria-label", french);
  });
}

function translateToasts() {
  every('[data-testid="toast-body"] *').forEach((e) => {
    const french = e.childElementCount === 0 && WORDING.english[e.textContent.trim()];
    if (french) e.textContent = french;
  });
}

function addSkipLink() {
  if (byId("evitement")) return;
  document.body.prepend(element("a", { id: "evitement", href: "#question" }, WORDING.skipLink));
}

function questionField() {
  return document.querySelector("#question textarea");
}

function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Asks in the conversation, and gives back what was being written.
function askFrom(question) {
  if (running) {
    say(WORDING.underWay);
    return;
  }
  const field = questionField();
  const draft = field.value;
  fill(field, question);
  requestAnimationFrame(() => {
    byId("envoyer").click();
    if (draft && draft !== question) whenAsked = () => fill(field, draft);
  });
}
