// The page Documents: sends what a person changes to the API, draws the page again, and shows how far reading again is.
(() => {
  const PARTS = ["collections", "groups", "own"], PAUSE = 1000; // milliseconds between looks at what is being read
  const { t, n, number } = window.attune_words, { ask } = window.attune_pieces, say = window.attune_said;
  const STAGES = { queued: t("Waiting"), reading: t("Reading"), encoding: t("Indexing") };

  const redraw = (sent) => window.attune_redraw(PARTS, sent, { otherwise: `${sent?.closest("section")?.id || "own"}-title` });

  // What was filled in, as the API takes it: ticked boxes of documents are a list, another box is yes or no.
  function body_of(form) {
    const body = {};
    for (const field of form.elements) {
      if (!field.name) continue;
      if (field.name === "documents") (body.documents ||= []).push(...(field.checked ? [field.value] : []));
      else if (field.type === "checkbox") body[field.name] = field.checked;
      else if (field.value.trim()) body[field.name] = field.value.trim();
    }
    return body;
  }

  async function submit(form) {
    const problem = form.querySelector(".problem"), button = form.querySelector("[type=submit]"), body = body_of(form);
    button.disabled = true;
    problem.hidden = true;
    try {
      if (body.documents?.length === 0) throw new Error(t("Tick at least one document."));
      if (form.id.startsWith("share-") && !body.email === !body.group_id) throw new Error(t("Name either a person or a group."));
      await ask(form.dataset.method, form.dataset.path, body);
      form.reset();
      say(t("Saved."));
      await redraw(form);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
    button.disabled = false;
  }

  async function send(button) {
    const { send: method, path, confirm: question } = button.dataset;
    if (question && !window.confirm(question)) return;
    button.disabled = true;
    try {
      const answer = await ask(method, path);
      const told = answer.status === 202 ? await answer.json() : null;
      if (told?.left) say(n("{count} more waits: press again in a minute.", "{count} more wait: press again in a minute.", told.left), true);
      else if (!told) say(t("Done."));
      if (told) look();
      else await redraw(button);
    } catch (error) {
      say(t("Not done. {reason}", { reason: error.message }), true);
    }
    button.disabled = false;
  }

  // --- what is being read, and how far it is
  let looking = 0, before = 0;
  async function look() {
    clearTimeout(looking);
    let coming = [];
    try {
      coming = await (await ask("GET", "/api/v1/documents/under-way")).json();
    } catch { looking = setTimeout(look, 5 * PAUSE); return; } // the server is away: what it reads goes on when it is back
    if (coming.length < before) await window.attune_redraw(["own"]);
    const reading = document.getElementById("reading"), many = coming.length;
    if (reading) reading.textContent = many ? n("{count} document is being read", "{count} documents are being read", many) : "";
    for (const one of coming) show(one);
    before = coming.length;
    if (coming.length) looking = setTimeout(look, PAUSE);
  }
  function show({ document_id, stage, done, total }) {
    const state = document.querySelector(`[data-document="${CSS.escape(document_id)}"] [data-state]`);
    if (!state) return;
    const at = { stage: STAGES[stage] || STAGES.reading, at: number(done) };
    const text = total ? n("{stage}: {at} of {count} passage", "{stage}: {at} of {count} passages", total, at) : at.stage;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", text);
    if (total) [bar.max, bar.value] = [total, done];
    state.replaceChildren(text, " ", bar);
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send]");
    if (button) send(button);
  });
  document.addEventListener("DOMContentLoaded", look);
})();
