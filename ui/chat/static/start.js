let waiting = false;

function refresh() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    name();
    translateToasts();
    addShortcuts();
    addActions();
    restore();
    nameCompletions();
  });
}

function start() {
  keepFrench();
  listenToRequests();
  addSkipLink();
  refresh();
  new MutationObserver(keepFrench).observe(root, { attributes: true, attributeFilter: ["lang"] });
  new MutationObserver(refresh).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", follow, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#arreter")) stop();
    if (event.target.closest("#nouvelle")) {
      giveUp();
      forget();
    }
  }, true);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("copy", signCopies);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
