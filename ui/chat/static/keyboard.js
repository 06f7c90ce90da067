// Keys: Enter is gradio's; here "/", Alt+1…9, Escape, and the list of them all.

const SLASH_OFF = "cct.sans-raccourci-barre";

function onKey(event) {
  if (completionKey(event)) return;
  if (event.key === "Enter" && !event.shiftKey && running && event.target === questionField()) {
    event.preventDefault();
    event.stopPropagation();
    say(WORDING.underWay);
    return;
  }
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) onEscape();
  const digit = event.altKey && !event.ctrlKey && /^Digit[1-9]$/.test(event.code) && Number(event.code.slice(5));
  if (digit) {
    const card = every("#sources > * .source, #sources > .source")[digit - 1];
    if (card) {
      event.preventDefault();
      show(card);
    }
  }
  if (event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !writes(event.target) && !slashIsOff()) {
    event.preventDefault();
    questionField().focus();
  }
}

function onEscape() {
  const cancel = byId("ne-plus-modifier");
  if (running) stop();
  else if (cancel && cancel.offsetParent) cancel.click();
}

function writes(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

function slashIsOff() {
  try {
    return localStorage.getItem(SLASH_OFF) === "1";
  } catch {
    return false;
  }
}

function turnSlash(off) {
  try {
    if (off) localStorage.setItem(SLASH_OFF, "1");
    else localStorage.removeItem(SLASH_OFF);
  } catch {
    // the browser keeps nothing: the choice lasts as long as the page
  }
}

function addShortcuts() {
  if (byId("raccourcis")) return;
  const opening = element("button", { id: "raccourcis", type: "button", onclick: showShortcuts }, WORDING.shortcuts);
  const beside = byId("navigation");
  if (beside) beside.append(opening);
}

function showShortcuts() {
  const list = element("dl", { class: "raccourcis" });
  for (const [keys, effect] of WORDING.shortcutList) {
    list.append(element("div", {}, element("dt", {}, element("kbd", {}, keys)), element("dd", {}, effect)));
  }
  const off = element("input", { type: "checkbox", checked: slashIsOff() });
  off.addEventListener("change", () => turnSlash(off.checked));
  openDialog(WORDING.shortcuts, [list, element("label", { class: "choix" }, off, ` ${WORDING.slashOff}`)]);
}
