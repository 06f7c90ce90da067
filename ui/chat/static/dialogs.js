// Dialogs, made when they are opened and gone when they are closed.

function openDialog(title, content, actions = []) {
  const heading = element("h2", { id: "titre-dialogue" }, title);
  const close = element("button", { type: "button", class: "secondaire", onclick: () => dialog.close() }, actions.length ? WORDING.cancel : WORDING.close);
  const told = element("p", { class: "dialogue-etat", role: "status" });
  const dialog = element(
    "dialog",
    { "aria-labelledby": "titre-dialogue" },
    heading,
    ...content,
    told,
    element("div", { class: "dialogue-actions" }, ...actions, close),
  );
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before && before.isConnected) before.focus();
  });
  dialog.tell = (sentence) => (told.textContent = sentence);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function textArea(label, value = "", longest = 2000) {
  const field = element("textarea", { rows: "3", maxlength: String(longest) });
  field.value = value;
  return { field, row: element("label", { class: "champ" }, label, field) };
}

function choices(legend, name, options, chosen) {
  const row = element("fieldset", {}, element("legend", {}, legend));
  for (const [value, label] of options) {
    const input = element("input", { type: "radio", name, value, checked: value === chosen });
    row.append(element("label", { class: "choix" }, input, ` ${label}`));
  }
  const value = () => (row.querySelector("input:checked") || { value: "" }).value;
  return { row, value };
}

async function post(address, content) {
  const response = await fetch(new URL(address, document.baseURI), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(content),
  });
  if (!response.ok) throw new Error(await problemOf(response));
  return response.json().catch(() => ({}));
}
