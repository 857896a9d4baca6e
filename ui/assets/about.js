// About me: sends what a person changes to the API, then draws the page again without losing what is being typed.
(() => {
  const by_id = (id) => document.getElementById(id);
  const say = window.attune_said, { t } = window.attune_words;

  // What the fresh page must take over from this one: what is open or half typed, but for the form that was `sent`.
  function state_of(main, sent) {
    const fields = [...main.querySelectorAll("input")].filter((field) => field.value !== field.defaultValue && !sent.contains(field));
    const open = [...main.querySelectorAll("details[open]")].filter((details) => !details.contains(sent));
    return { fields: fields.map(({ id, value }) => [id, value]), open: open.map(({ id }) => id) };
  }

  async function redraw(sent) {
    const { piece } = window.attune_pieces;
    const main = document.querySelector("main"), fresh = (await piece(location.href)).querySelector("main");
    const { fields, open } = state_of(main, sent);
    for (const id of ["learned", "facts", "rules", "data"]) by_id(id).replaceChildren(...document.importNode(fresh.querySelector(`#${id}`), true).childNodes);
    for (const id of open) if (by_id(id)) by_id(id).open = true;
    for (const [id, value] of fields) if (by_id(id)) by_id(id).value = value;
    if (document.activeElement !== document.body) return; // it stands in a part that was not drawn again
    const after = by_id(sent.id);
    (after?.closest("details")?.querySelector("summary") || after?.querySelector("input") || after || by_id("learned-title")).focus({ preventScroll: true });
  }

  async function submit(form) {
    const problem = form.querySelector(".problem"), button = form.querySelector("[type=submit]");
    const stating = form.dataset.method === "POST";
    const changed = [...form.elements].filter((field) => field.name && (stating || field.value !== field.defaultValue));
    const body = Object.fromEntries(changed.map((field) => [field.name, field.value.trim() || null]));
    button.disabled = true;
    problem.hidden = true;
    try {
      const response = await window.attune_pieces.ask(form.dataset.method, form.dataset.path, body);
      const made = await response.json();
      if (stating) form.reset();
      const words = made.description ?? made.text;
      if (stating && made.honoured === false) say(t("Kept: “{words}”. Attune cannot do this yet with the current model.", { words }), true);
      else say(stating ? t("Remembered: “{words}”", { words }) : t("Saved: “{words}”", { words }));
      await redraw(form);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
    button.disabled = false;
  }

  async function change(button) {
    const { ask } = window.attune_pieces, { patch, id, path, delete: gone, confirm: question } = button.dataset;
    if (question && !window.confirm(question)) return;
    button.disabled = true;
    try {
      if (gone) await ask("DELETE", gone);
      else await ask("PATCH", path || `/api/v1/preferences/${encodeURIComponent(id)}`, { [patch]: button.getAttribute("aria-checked") !== "true" });
      button.disabled = false;
      await redraw(button);
      say(gone ? t("Deleted. It has no effect any more.") : t("Saved."));
    } catch (error) {
      button.disabled = false;
      say(t("Not done. {reason}", { reason: error.message }), true);
    }
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-patch], [data-delete]");
    if (button) change(button);
  });
})();
