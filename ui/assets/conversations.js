// The list of conversations: searching it, seeing more of it, renaming in place and deleting. The server draws the
// list; it may be drawn again at any time, and what is sought, unfolded or half renamed here is then put back.
(() => {
  const { ask } = window.attune_pieces, { t } = window.attune_words;
  let renaming = null; // { id, form }
  let unfolded = null; // the conversation whose menu is open
  const by_id = (id) => document.getElementById(id);
  const row_of = (id) => document.querySelector(`#conversations [data-row="${CSS.escape(id)}"]`);
  const address_of = (id) => `/api/v1/conversations/${encodeURIComponent(id)}`;
  const opened = () => document.querySelector("#history [data-conversation]")?.dataset.conversation || "";
  const { wanted, list, draw, say, as_wanted } = window.attune_listing({
    panel: "#conversations", row: "[data-row]", path: "/shown/conversations", find: "find-conversation", said: "conversations-said",
    also: () => ({ current: opened() }), drawn: put_back,
  });
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  function restore() {
    const drawn = list();
    if (!drawn) return;
    // The list and the thread are drawn one after the other, so which one is open may be known to one of them only.
    const in_step = drawn.dataset.current === opened() || (!wanted.q && wanted.pages === 1);
    if (as_wanted() && in_step) put_back();
    else draw();
  }

  // --- renaming in place
  document.addEventListener("toggle", ({ target }) => {
    const row = target.closest("#conversations [data-row]")?.dataset.row;
    if (row && target.open) unfolded = row;
    else if (row === unfolded) unfolded = null;
  }, true);

  function rename(row) {
    unfolded = null;
    renaming?.form.remove();
    const input = make("input", { type: "text", value: row.dataset.title, maxLength: 200, required: true, ariaLabel: t("Title of the conversation") });
    const problem = make("p", { className: "problem", hidden: true });
    problem.setAttribute("role", "alert");
    const save = make("button", { type: "submit", className: "ghost strong", textContent: t("Save") });
    const cancel = make("button", { type: "button", className: "ghost", textContent: t("Cancel") });
    const form = make("form", { className: "rename" }, input, make("div", { className: "row-actions" }, save, cancel), problem);
    const id = row.dataset.row;
    renaming = { id, form };
    cancel.addEventListener("click", leave);
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); leave(); }
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      save.disabled = true;
      problem.hidden = true;
      try {
        await ask("PATCH", address_of(id), { title: input.value });
      } catch (error) {
        problem.textContent = t("Not renamed. {reason}", { reason: error.message });
        problem.hidden = save.disabled = false;
        return;
      }
      renaming = null;
      await draw();
      row_of(id)?.querySelector(".item").focus();
    });
    put_back();
    input.select();
  }

  function put_back() {
    const menu = unfolded && row_of(unfolded)?.querySelector("details");
    if (menu) menu.open = true; // it was open when the list was drawn again
    const row = renaming && row_of(renaming.id);
    if (!row || row.contains(renaming.form)) return;
    row.querySelector("details").open = false;
    row.classList.add("renaming");
    row.append(renaming.form);
    renaming.form.querySelector("input").focus();
  }

  function leave() {
    const { id, form } = renaming;
    renaming = null;
    form.remove();
    row_of(id)?.classList.remove("renaming");
    row_of(id)?.querySelector("summary").focus();
  }

  // --- deleting
  async function remove(row, button) {
    const { row: id, title } = row.dataset;
    if (!window.confirm(t("Delete the conversation “{title}” with its questions and answers? What was learned there alone goes too. This cannot be undone.", { title }))) return;
    button.disabled = true;
    try {
      await ask("DELETE", address_of(id));
    } catch (error) {
      button.disabled = false;
      say(t("“{title}” is not deleted. {reason}", { title, reason: error.message }), true);
      return;
    }
    const next = row.nextElementSibling?.dataset.row;
    if (id === opened()) document.querySelector("#conversation-head [data-act=new]").click();
    await draw();
    say(t("Deleted “{title}”.", { title }));
    (next && row_of(next) ? row_of(next).querySelector(".item") : by_id("find-conversation")).focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#conversations button"), row = button?.closest("[data-row]");
    if (!button) return;
    if ("rename" in button.dataset) rename(row);
    else if ("remove" in button.dataset) remove(row, button);
  });
  document.addEventListener("attune:drawn", restore);
})();
