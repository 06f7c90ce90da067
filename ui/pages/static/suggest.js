// Search-as-you-type for <input data-suggestions="/api/v1/suggest">: the editable combobox with a list, as the ARIA
// Authoring Practices describe it. Without this script the field is an ordinary one. Another page may call
// attachSuggestions(input, { address, choose }): choose(suggestion, input) replaces going to the record's page.
(() => {
  "use strict";
  const DELAY = 120;
  let count = 0;

  function attachSuggestions(input, options = {}) {
    const address = options.address || input.dataset.suggestions || "/api/v1/suggest";
    const choose = options.choose || ((suggestion) => { window.location.assign(suggestion.url); });
    const list = document.createElement("ul");
    const status = document.createElement("p");
    const name = `suggestions-${++count}`;
    let found = [];
    let active = -1;
    let timer = 0;
    let asked = null;

    list.id = name;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", name);
    const holder = document.createElement("div");
    holder.className = "suggesting";
    input.before(holder);
    holder.append(input, list, status);

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(position) {
      active = position;
      [...list.children].forEach((item, n) => {
        item.setAttribute("aria-selected", String(n === active));
        if (n === active) {
          input.setAttribute("aria-activedescendant", item.id);
          item.scrollIntoView({ block: "nearest" });
        }
      });
      if (active < 0) input.removeAttribute("aria-activedescendant");
    }

    function line(suggestion, n) {
      const item = document.createElement("li");
      const id = document.createElement("strong");
      const more = document.createElement("span");
      item.id = `${name}-${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      id.textContent = suggestion.id + (suggestion.occurrence > 1 ? ` (${suggestion.occurrence}e occurrence)` : "");
      more.textContent = ` ${suggestion.type ? suggestion.type + ", " : ""}${suggestion.source_title}, ${suggestion.title}`;
      item.append(id, more);
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => { close(); choose(suggestion, input); });
      return item;
    }

    function show(suggestions) {
      found = suggestions;
      list.replaceChildren(...found.map(line));
      list.hidden = found.length === 0;
      mark(-1);
      input.setAttribute("aria-expanded", String(found.length > 0));
      status.textContent = found.length === 0 ? "Aucune suggestion."
        : found.length === 1 ? "1 suggestion." : `${found.length} suggestions.`;
    }

    async function ask() {
      const typed = input.value.trim();
      if (asked) asked.abort();
      if (typed.length < 2) { status.textContent = ""; close(); return; }
      asked = new AbortController();
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
        if (answer.ok && document.activeElement === input) show((await answer.json()).suggestions);
      } catch (problem) {
        if (problem.name !== "AbortError") close(); // the form still works without suggestions
      }
    }

    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, DELAY); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      if (event.key === "ArrowDown") mark(active + 1 < found.length ? active + 1 : 0);
      else if (event.key === "ArrowUp") mark(active > 0 ? active - 1 : found.length - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && active >= 0) { const chosen = found[active]; close(); choose(chosen, input); }
      else return;
      event.preventDefault();
    });
  }

  window.attachSuggestions = attachSuggestions;
  const begin = () => document.querySelectorAll("input[data-suggestions]").forEach((input) => attachSuggestions(input));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
