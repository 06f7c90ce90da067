// Loaded by the page itself; WORDING is put before it by the server.
(() => {
  "use strict";
  const root = document.documentElement;

  function keepFrench() {
    if (root.lang !== "fr") root.lang = "fr";
  }

  function say(sentence) {
    const note = document.createElement("p");
    note.textContent = sentence;
    document.getElementById("etat").append(note);
    setTimeout(() => note.remove(), 8000);
  }

  // With a query string in the address, following "#src-1" would reload the page (<base href="./">)
  // and lose the conversation: the jump is made here, and the address does not change.
  function jump(event) {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const target = document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)));
    if (!target) {
      if (link.getAttribute("href").startsWith("#src")) say(WORDING.sourceGone);
      return;
    }
    const folded = target.closest("details");
    if (folded) folded.open = true;
    const field = target.querySelector("textarea");
    if (!field) target.tabIndex = -1;
    (field || target).focus({ preventScroll: true });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    document.querySelectorAll(".source.shown").forEach((other) => other.classList.remove("shown"));
    target.classList.add("shown");
  }

  function setAttribute(element, name, value) {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  // What gradio leaves in English, or unnamed, for screen readers.
  function name() {
    document.querySelectorAll('#chat [data-testid="bot"]').forEach((e) => setAttribute(e, "aria-label", WORDING.answerLabel));
    document.querySelectorAll('#chat [data-testid="user"]').forEach((e) => setAttribute(e, "aria-label", WORDING.questionLabel));
    setAttribute(document.querySelector('#chat [role="log"]'), "aria-label", WORDING.conversationLabel);
    const status = document.getElementById("etat");
    setAttribute(status, "role", "status");
    setAttribute(status, "aria-live", "polite");
    const sources = document.getElementById("colonne-sources");
    setAttribute(sources, "role", "region");
    setAttribute(sources, "aria-label", WORDING.sourcesLabel);
    setAttribute(sources, "tabindex", "0");
    setAttribute(document.getElementById("perimetre"), "aria-label", WORDING.scopeLabel);
    document.querySelectorAll("[aria-label]").forEach((e) => {
      const french = WORDING.english[e.getAttribute("aria-label")];
      if (french) e.setAttribute("aria-label", french);
    });
  }

  function translateToasts() {
    document.querySelectorAll('[data-testid="toast-body"] *').forEach((e) => {
      const french = e.childElementCount === 0 && WORDING.english[e.textContent.trim()];
      if (french) e.textContent = french;
    });
  }

  // After one request without a server gradio sends nothing more until it reloads the page, which loses
  // the conversation: the request is sent again until somebody answers.
  function persist() {
    const send = window.fetch.bind(window);
    const absent = [502, 503, 504];
    window.fetch = async (resource, options) => {
      const event = options && options.method === "POST" && String(resource).includes("/gradio_api/run/");
      if (!event) return send(resource, options);
      for (let attempt = 0; ; attempt += 1) {
        const response = await send(resource, options).catch(() => null);
        if (response && !absent.includes(response.status)) return response;
        if (attempt === 300) return response || Response.error();
        if (attempt % 4 === 0) say(WORDING.serverAbsent);
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    };
  }

  function addSkipLink() {
    if (document.getElementById("evitement")) return;
    const link = document.createElement("a");
    link.id = "evitement";
    link.href = "#question";
    link.textContent = WORDING.skipLink;
    document.body.prepend(link);
  }

  let waiting = false;
  function refresh() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      name();
      translateToasts();
    });
  }

  function start() {
    keepFrench();
    persist();
    addSkipLink();
    name();
    new MutationObserver(keepFrench).observe(root, { attributes: true, attributeFilter: ["lang"] });
    new MutationObserver(refresh).observe(document.body, { childList: true, subtree: true });
    document.addEventListener("click", jump, true);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
