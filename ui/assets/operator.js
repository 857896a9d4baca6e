// The operators' pages: sends what an operator decides to the API and draws the page again, keeping what is open.
(() => {
  const LOOK = 4000; // milliseconds between looks at a run that is under way
  const KEYS = { 1: "helps", 2: "irrelevant", 3: "wrong", 0: "skip" };
  const by_id = (id) => document.getElementById(id);
  const say = window.attune_said;

  // Everything below the heading as the server has it now; of what was open or half typed nothing is lost.
  async function redraw(sent) {
    const fresh = document.importNode((await window.attune_pieces.piece(location.href)).querySelector("main"), true);
    const main = document.querySelector("main"), focused = document.activeElement?.id;
    for (const { id } of main.querySelectorAll("details[open][id]")) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    for (const field of main.querySelectorAll("input[id]")) {
      const same = fresh.querySelector(`#${CSS.escape(field.id)}`);
      if (same && field.value !== field.defaultValue && !sent?.contains(field)) same.value = field.value;
    }
    const chosen = main.querySelector("input[name=kind]:checked")?.value;
    for (const field of fresh.querySelectorAll("input[name=kind]")) field.checked = field.value === chosen;
    const said = by_id("said"), place = scrollY;
    fresh.querySelector("#said").replaceWith(said);
    main.replaceChildren(...fresh.childNodes);
    scrollTo(0, place);
    (by_id(focused) || by_id(sent?.id))?.focus({ preventScroll: true });
    watch();
  }

  let watching;
  function watch() {
    clearTimeout(watching);
    if (document.querySelector("[data-live]")) watching = setTimeout(look, LOOK);
  }
  async function look() {
    if (document.hidden) return watch();
    try { await redraw(); } catch { watch(); }
  }

  // Numbers as numbers, an emptied one as null, and of a PATCH only what was changed; two hours go together.
  function body_of(form) {
    const all = form.dataset.method === "POST", body = {};
    const fields = [...form.elements].filter((field) => field.name && (field.type !== "radio" || field.checked));
    for (const field of fields) {
      if (!all && field.value === field.defaultValue) continue;
      body[field.name] = "number" in field.dataset ? (field.value === "" ? null : Number(field.value)) : field.value;
    }
    if ("quiet_from" in body || "quiet_until" in body) {
      for (const name of ["quiet_from", "quiet_until"]) body[name] = form.elements[name].value === "" ? null : Number(form.elements[name].value);
    }
    return body;
  }

  async function submit(form) {
    const problem = form.querySelector(".problem"), button = form.querySelector("[type=submit]");
    button.disabled = true;
    problem.hidden = true;
    try {
      await window.attune_pieces.ask(form.dataset.method, form.dataset.path, body_of(form));
      await redraw(form);
      say(form.dataset.method === "POST" ? "Started." : "Saved.");
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      button.disabled = false;
    }
  }

  async function act(button) {
    const { post, delete: gone, patch, path, body, confirm: question } = button.dataset;
    if (question && !window.confirm(question)) return;
    button.disabled = true;
    try {
      if (post) await window.attune_pieces.ask("POST", post, JSON.parse(body));
      else if (gone) await window.attune_pieces.ask("DELETE", gone);
      else await window.attune_pieces.ask("PATCH", path, { [patch]: button.getAttribute("aria-checked") !== "true" });
      button.disabled = false;
      await redraw(button);
      say("Done.");
    } catch (error) {
      button.disabled = false;
      say(`Not done. ${error.message}`, true);
    }
  }

  // A labelled passage leaves, and the next one is at hand.
  async function label(card, button) {
    const problem = card.querySelector(".problem"), next = card.nextElementSibling || card.previousElementSibling;
    problem.hidden = true;
    for (const one of card.querySelectorAll("button")) one.disabled = true;
    try {
      const path = `/api/v1/admin/annotation-queue/${encodeURIComponent(button.dataset.exposure)}`;
      await window.attune_pieces.ask("POST", path, { utility: button.dataset.label });
      card.remove();
      say(button.dataset.label === "skip" ? "Put away." : "Labelled.");
      if (next) next.focus();
      else await redraw();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      for (const one of card.querySelectorAll("button")) one.disabled = false;
    }
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.label) label(button.closest("li"), button);
    else if (button?.matches("[data-post], [data-delete], [data-patch]")) act(button);
  });
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest(".queue > li");
    if (!card || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    card.querySelector(`[data-label=${KEYS[event.key]}]`)?.click();
  });
  document.addEventListener("DOMContentLoaded", watch);
})();
