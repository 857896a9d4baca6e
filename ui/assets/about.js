// About me: sends what a person changes to the API, then draws the page again without losing what is being typed.
(() => {
  const say = window.attune_said, { t } = window.attune_words;

  const PARTS = ["learned", "facts", "rules", "data"];
  const redraw = (sent) => window.attune_redraw(PARTS, sent, { leaves: true, otherwise: "learned-title" });

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
