// What to do with an answer: copy it with its sources, save it, say whether it was useful.

const FEEDBACK = `${WORDING.base}api/v1/feedback`;

function addActions() {
  const answers = every('#chat [data-testid="bot"]');
  if (answers.length > shownBefore) {
    clearDraft();
    showBeginning();
  }
  shownBefore = answers.length;
  answers.forEach((answer, n) => {
    const record = records[n];
    const bar = answer.querySelector(".answer-actions");
    if (bar && bar.dataset.answer !== (record && record.id)) bar.remove();
    if (record && !answer.querySelector(".answer-actions")) answer.append(actionsOf(record));
  });
}
let shownBefore = 0;

// A new answer is read from its question on, and its sources from the first.
function showBeginning() {
  const scrolled = document.querySelector("#chat .bubble-wrap");
  const question = every('#chat [data-testid="user"]').pop();
  if (!scrolled || !question) return;
  scrolled.scrollTop += question.getBoundingClientRect().top - scrolled.getBoundingClientRect().top - 16;
  byId("colonne-sources").scrollTop = 0;
}

function actionsOf(record) {
  const bar = element("div", { class: "answer-actions", role: "group", "aria-label": WORDING.actionsLabel });
  bar.dataset.answer = record.id;
  bar.append(
    action(WORDING.copy, () => copyText(record.copy, WORDING.answerCopied)),
    action(WORDING.download, () => save(record)),
  );
  if (record.receipt) bar.append(...opinionOf(record));
  return bar;
}

function action(label, onclick, pressed = null) {
  return element("button", { type: "button", onclick, "aria-pressed": pressed === null ? null : String(pressed) }, label);
}

function save(record) {
  const address = URL.createObjectURL(new Blob([record.file], { type: "text/markdown" }));
  const link = element("a", { href: address, download: record.fileName });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say(WORDING.downloaded.replace("{name}", record.fileName));
}

function opinionOf(record) {
  const given = record.opinion;
  const useful = action(WORDING.useful, () => vote(record, "useful"), Boolean(given && given.vote === "useful"));
  const not = action(WORDING.notUseful, () => askOpinion(record, "not_useful"), Boolean(given && given.vote === "not_useful"));
  const edit = given ? [action(WORDING.feedbackEdit, () => askOpinion(record, given.vote))] : [];
  return [useful, not, ...edit];
}

// "Useful" counts at once, then the dialog asks what may be added to it.
async function vote(record, value) {
  const before = record.opinion || {};
  if (before.vote === value) return askOpinion(record, value);
  if (await sendOpinion(record, { vote: value, comment: before.comment || "" })) askOpinion(record, value);
}

function askOpinion(record, value) {
  const given = record.opinion && record.opinion.vote === value ? record.opinion : {};
  const reasons = value === "not_useful" ? several(WORDING.feedbackReason, WORDING.reasons, given.reasons || []) : null;
  const comment = textArea(WORDING.feedbackText, given.comment || "");
  const minutes = String(given.minutes_saved ?? "");
  const times = [["", WORDING.feedbackNoTime], ...WORDING.minutes.map((n) => [String(n), WORDING.feedbackMinutes.replace("{n}", n)])];
  const time = value === "useful" ? choices(WORDING.feedbackTime, "temps", times, minutes) : null;
  const send = element("button", { type: "button", class: "principal" }, WORDING.feedbackSend);
  const dialog = openDialog(WORDING.feedbackTitle, [reasons && reasons.row, comment.row, time && time.row].filter(Boolean), [send]);
  send.addEventListener("click", async () => {
    const opinion = { vote: value, comment: comment.field.value };
    if (reasons) opinion.reasons = reasons.values();
    if (time && time.value() !== "") opinion.minutes_saved = Number(time.value());
    if (await sendOpinion(record, opinion, dialog)) dialog.close();
  });
}

function several(legend, options, chosen) {
  const row = element("fieldset", {}, element("legend", {}, legend));
  for (const [value, label] of options) {
    const input = element("input", { type: "checkbox", value, checked: chosen.includes(value) });
    row.append(element("label", { class: "choix" }, input, ` ${label}`));
  }
  return { row, values: () => [...row.querySelectorAll("input:checked")].map((input) => input.value) };
}

async function sendOpinion(record, opinion, dialog = null) {
  try {
    await post(FEEDBACK, { receipt: record.receipt, ...opinion });
  } catch (problem) {
    const told = WORDING.feedbackFailed.replace("{reason}", problem.message);
    if (dialog) dialog.tell(told);
    else say(told, 15000);
    return false;
  }
  record.opinion = opinion;
  keep({});
  every(".answer-actions").filter((bar) => bar.dataset.answer === record.id).forEach((bar) => bar.remove());
  addActions();
  say(WORDING.feedbackThanks);
  return true;
}
