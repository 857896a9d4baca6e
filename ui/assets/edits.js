// Editing an answer where it stands: the editor with its preview, what was typed kept until it is saved, and what
// became of a saved edit. The page may be drawn again at any time; what is open or known here is then put back.
(() => {
  const { ask, piece } = window.attune_pieces, { difference } = window.attune_difference, { t } = window.attune_words;
  const editors = new Map(); // turn -> its open form
  const outcomes = new Map(); // turn -> the piece that says what became of its edit
  const followed = new Map(); // turn -> the run that asks about its edit again and again
  const kept = (turn) => `attune-edit-${turn}`;
  const article_of = (turn) => document.querySelector(`#history article[data-turn="${CSS.escape(turn)}"]`);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // --- the editor
  function build(turn, base, text) {
    const area = make("textarea", { value: text, spellcheck: true, ariaLabel: t("Your version of the answer") });
    const preview = make("div", { className: "diff", tabIndex: 0, role: "region", ariaLabel: t("What your version changes") });
    const problem = make("p", { className: "problem", role: "alert", hidden: true });
    const save = make("button", { type: "submit", className: "ghost strong", textContent: t("Save") });
    const cancel = make("button", { type: "button", className: "ghost", textContent: t("Cancel") });
    const hint = make("span", { className: "muted hint", textContent: t("Ctrl+Enter saves, Escape cancels") });
    const form = make("form", { className: "editor" }, area, preview, problem, make("div", { className: "actions" }, save, cancel, hint));
    let drawing = 0;
    const redraw = () => {
      drawing = 0;
      const spans = area.value.trim() === base.trim() ? [] : difference(base, area.value);
      preview.replaceChildren(...spans.map(([tag, words]) => make(tag, { textContent: words })));
      preview.hidden = !spans.length;
      save.disabled = !spans.length || !area.value.trim();
    };
    area.addEventListener("input", () => {
      drawing ||= requestAnimationFrame(redraw);
      sessionStorage.setItem(kept(turn), JSON.stringify({ base, text: area.value }));
    });
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
      else if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); leave(turn, area.value !== base); }
    });
    cancel.addEventListener("click", () => leave(turn, area.value !== base));
    form.addEventListener("submit", (event) => { event.preventDefault(); send(turn, form, area, problem); });
    redraw();
    return form;
  }

  function open(turn, base, text) {
    if (!editors.has(turn)) editors.set(turn, build(turn, base, text));
    place(turn);
  }

  function place(turn) {
    const article = article_of(turn), form = editors.get(turn);
    if (!article) return;
    const height = Math.max(article.querySelector(".prose").offsetHeight, 72); // of the answer, before it is hidden
    form.querySelector("textarea").style.minHeight ||= `${Math.min(height, innerHeight * 0.6)}px`;
    article.classList.add("editing");
    if (article.contains(form)) return;
    article.querySelector(".answer").insertBefore(form, article.querySelector(".answer > .actions"));
  }

  function close(turn) {
    const form = editors.get(turn);
    editors.delete(turn);
    sessionStorage.removeItem(kept(turn));
    form.closest("article")?.classList.remove("editing");
    form.remove();
  }

  function leave(turn, changed) {
    if (changed && !window.confirm(t("Throw away your changes to this answer?"))) return;
    close(turn);
    article_of(turn)?.querySelector("[data-edit-answer]")?.focus();
  }

  async function send(turn, form, area, problem) {
    const save = form.querySelector("[type=submit]");
    if (save.disabled) return;
    save.disabled = area.readOnly = true;
    save.textContent = t("Saving…");
    problem.hidden = true;
    try {
      await ask("PUT", `/api/v1/turns/${encodeURIComponent(turn)}/answer`, { text: area.value });
    } catch (error) {
      problem.textContent = t("Not saved. {reason} What you typed is kept here.", { reason: error.message });
      problem.hidden = false;
      save.disabled = area.readOnly = false;
      save.textContent = t("Save");
      area.focus();
      return;
    }
    const article = article_of(turn);
    close(turn);
    outcomes.delete(turn); // it was about an earlier edit
    followed.delete(turn);
    if (article) await redraw_turn(article, turn, area.value);
  }

  async function redraw_turn(article, turn, text) {
    article.querySelector(".prose").textContent = text; // until it comes back set as markdown
    const conversation = article.closest("[data-conversation]").dataset.conversation;
    try {
      const fresh = await piece(`/shown/turn/${encodeURIComponent(conversation)}/${encodeURIComponent(turn)}`);
      const drawn = document.importNode(fresh.querySelector("article"), true);
      (article.isConnected ? article : article_of(turn)).replaceWith(drawn);
      drawn.querySelector("[data-edit-answer]")?.focus({ preventScroll: true });
    } finally {
      restore();
    }
  }

  // --- what became of an edit
  const PATIENCE = { pending: [700, 1.25, 8000], failed: [5000, 1.5, 60000] }; // first wait, growth, longest, in ms

  const state_of = (piece) => piece.querySelector("[data-learning]")?.dataset.learning;
  const place_of = (turn) => article_of(turn)?.querySelector("[data-after-edit]");

  async function follow(turn) {
    if (followed.has(turn)) return;
    const run = {};
    followed.set(turn, run);
    for (let wait = 0, state = "pending"; followed.get(turn) === run && place_of(turn) && state in PATIENCE;) {
      try {
        state = await look(turn);
      } catch (error) {
        if (error.status === 404) break; // deleted meanwhile; any other trouble passes, and the last state stays in view
      }
      const [first, growth, longest] = PATIENCE[state] || [0, 0, 0];
      wait = Math.min(Math.max(first, wait * growth), longest);
      await new Promise((resolve) => { setTimeout(resolve, wait); });
    }
    if (followed.get(turn) === run) followed.delete(turn);
  }

  async function look(turn) {
    const fresh = await piece(`/shown/edit/${encodeURIComponent(turn)}`);
    outcomes.set(turn, fresh);
    fill(turn, fresh);
    return state_of(fresh);
  }

  // Parts that have not changed are left alone: one may be open, and a status must not be read out twice.
  function fill(turn, fresh) {
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = place_of(turn)?.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!old || (old.childElementCount && old.shown_html === part.innerHTML)) continue;
      old.shown_html = part.innerHTML;
      old.replaceChildren(...document.importNode(part, true).childNodes);
    }
  }

  // Undoing what was learned, or answering a question about it; either way the outcome is drawn anew.
  async function change(button, failed, send) {
    const turn = button.closest("[data-after-edit]").dataset.afterEdit, part = button.closest("[data-part]");
    button.disabled = true;
    try {
      await send();
      await look(turn);
      part.tabIndex = -1;
      part.focus({ preventScroll: true });
    } catch (error) {
      button.disabled = false;
      part.append(make("p", { className: "learning warn", textContent: failed({ reason: error.message }) }));
    }
  }

  const undo = (button) => change(button, (why) => t("Not undone. {reason}", why), () =>
    ask("DELETE", `/api/v1/edits/${encodeURIComponent(button.dataset.undo)}/learned`));

  const answer = (button) => change(button, (why) => t("Not answered. {reason}", why), () =>
    ask("POST", `/api/v1/preferences/${encodeURIComponent(button.dataset.preference)}/answer`, { choice: button.dataset.choice }));

  const in_view = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen)
      if (isIntersecting) { in_view.unobserve(target); follow(target.dataset.afterEdit); }
  });

  // --- after every drawing of the thread
  function restore() {
    for (const place of document.querySelectorAll("#history [data-after-edit]")) {
      const turn = place.dataset.afterEdit, known = outcomes.get(turn);
      if (known) fill(turn, known);
      if (!known) in_view.observe(place);
      else if (state_of(known) in PATIENCE) follow(turn);
    }
    for (const article of document.querySelectorAll("#history article[data-turn]")) {
      const turn = article.dataset.turn, draft = JSON.parse(sessionStorage.getItem(kept(turn)) || "null");
      if (draft && !editors.has(turn) && article.querySelector("[data-edit-answer]")) open(turn, draft.base, draft.text);
      else if (editors.has(turn)) put_back(turn);
    }
  }

  let writing_in = null; // the editor that had the focus; one that is taken out of the page does not say so
  document.addEventListener("focusin", (event) => { writing_in = event.target.closest("form.editor") && event.target; });

  function put_back(turn) {
    const form = editors.get(turn), focused = form.contains(writing_in) && !form.isConnected;
    place(turn);
    if (focused) writing_in.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-edit-answer], [data-undo], [data-choice]");
    if (!button) return;
    if ("choice" in button.dataset) { answer(button); return; }
    if ("undo" in button.dataset) { undo(button); return; }
    const base = JSON.parse(button.dataset.editAnswer);
    open(button.dataset.turn, base, base);
    editors.get(button.dataset.turn).querySelector("textarea").focus();
  });
  document.addEventListener("attune:drawn", restore);
  restore();
})();
