// Answers beside each other: keeps the focus where it was when the thread is drawn with another one, and lets the last
// question be asked in other words where it stands.
(() => {
  const { t } = window.attune_words;
  let went = null; // the last switch: the first answer of the group, which way, and from where
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  function edit(button) {
    const article = button.closest("article"), base = JSON.parse(button.dataset.editQuestion);
    const area = make("textarea", { value: base, maxLength: 8000, rows: 2, ariaLabel: t("The question in other words") });
    const send = make("button", { type: "submit", className: "ghost strong", textContent: t("Ask") });
    const cancel = make("button", { type: "button", className: "ghost", textContent: t("Cancel") });
    const form = make("form", { className: "question-editor" }, area, make("div", { className: "actions" }, cancel, send));
    const leave = () => {
      form.remove();
      article.classList.remove("asking");
      button.focus();
    };
    cancel.addEventListener("click", leave);
    area.addEventListener("input", () => { send.disabled = !area.value.trim(); });
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
    area.focus();
    area.setSelectionRange(base.length, base.length);
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
    const group = went && document.querySelector(`#history [data-siblings="${CSS.escape(went.first)}"]`);
    if (!group || group.getAttribute("aria-label") === went.from) return;
    const button = group.querySelector(`[data-way="${went.way}"]`), active = document.activeElement;
    went = null;
    if (active !== document.body && !active.disabled) return; // somebody has gone on to elsewhere
    (button.disabled ? group.querySelector("button:enabled") : button).focus({ preventScroll: true });
  });
})();
