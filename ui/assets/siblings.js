// Answers beside each other: keeps the focus where it was when the thread is drawn with another one, and lets the last
// question be asked in other words where it stands.
(() => {
  const { t } = window.attune_words, { kept, keep, drop } = window.attune_drafts;
  let went = null; // the last switch: the first answer of the group, which way, and from where
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // The same for every answer to the question: one that was asked in other words stands beside what it was.
  const draft_of = (article) => `question-${article.querySelector("[data-siblings]")?.dataset.siblings || article.dataset.turn}`;

  function edit(button, text) {
    const article = button.closest("article"), base = JSON.parse(button.dataset.editQuestion), draft = draft_of(article);
    const area = make("textarea", { value: text ?? base, maxLength: 8000, rows: 2, ariaLabel: t("The question in other words") });
    const send = make("button", { type: "submit", className: "ghost strong", textContent: t("Ask") });
    const cancel = make("button", { type: "button", className: "ghost", textContent: t("Cancel") });
    const form = make("form", { className: "question-editor" }, area, make("div", { className: "actions" }, cancel, send));
    const leave = () => {
      if (area.value !== base && !window.confirm(t("Throw away what you made of this question?"))) return;
      drop(draft);
      form.remove();
      article.classList.remove("asking");
      button.focus();
    };
    cancel.addEventListener("click", leave);
    area.addEventListener("input", () => {
      send.disabled = !area.value.trim();
      keep(draft, area.value);
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") { event.preventDefault(); leave(); }
      else if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); form.requestSubmit(send); }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // One answer at a time; what was written stays in the form until it can be asked.
      if (!area.value.trim() || document.getElementById("stop")?.offsetParent) return;
      const again = article.querySelector('[data-act="again"]');
      again.dataset.question = area.value;
      again.click();
    });
    article.classList.add("asking");
    article.prepend(form);
    if (text !== undefined) return; // put back: nobody has asked for the focus
    area.focus();
    area.setSelectionRange(base.length, base.length);
  }

  // What was being made of the question before the page was left; dropped once it has been asked.
  function restore() {
    const button = document.querySelector("#history [data-edit-question]"), article = button?.closest("article");
    const text = article ? kept(draft_of(article)) : null;
    if (text === null || article.querySelector(".question-editor")) return;
    if (text.trim() === JSON.parse(button.dataset.editQuestion).trim()) drop(draft_of(article));
    else edit(button, text);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-edit-question], [data-act=sibling]");
    if (!button) return;
    if ("editQuestion" in button.dataset) edit(button);
    else {
      const group = button.closest("[data-siblings]");
      went = { first: group.dataset.siblings, way: button.dataset.way, from: group.getAttribute("aria-label") };
    }
  });
  document.addEventListener("attune:drawn", () => {
    restore();
    const group = went && document.querySelector(`#history [data-siblings="${CSS.escape(went.first)}"]`);
    if (!group || group.getAttribute("aria-label") === went.from) return;
    const button = group.querySelector(`[data-way="${went.way}"]`), active = document.activeElement;
    went = null;
    if (active !== document.body && !active.disabled) return; // somebody has gone on to elsewhere
    (button.disabled ? group.querySelector("button:enabled") : button).focus({ preventScroll: true });
  });
})();
