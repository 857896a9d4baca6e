// The operators' pages: sends what an operator decides to the API and draws the page again, keeping what is open.
(() => {
  const LOOK = 4000; // milliseconds between looks at a run that is under way
  const KEYS = { 1: "helps", 2: "not_relevant", 3: "wrong", 0: "skip" };
  const by_id = (id) => document.getElementById(id);
  const say = window.attune_said;

  async function fetched() {
    return document.importNode((await window.attune_pieces.piece(location.href)).querySelector("main"), true);
  }

  // What a field held when it was drawn.
  const given = (field) => field.defaultValue ?? [...field.options].find((one) => one.defaultSelected)?.value;

  // What is open or half typed goes over into the new drawing, but for the form that was sent.
  function carry(from, to, sent) {
    for (const { id } of from.querySelectorAll("details[open][id]")) to.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    for (const field of from.querySelectorAll("input[id], select[id]")) {
      const same = to.querySelector(`#${CSS.escape(field.id)}`);
      if (!same || sent?.contains(field)) continue;
      if (field.value !== given(field)) same.value = field.value;
      if (field.checked !== field.defaultChecked) same.checked = field.checked;
    }
    const chosen = from.querySelector("input[name=kind]:checked")?.value;
    for (const field of to.querySelectorAll("input[name=kind]")) field.checked = field.value === chosen;
  }

  function put(fresh, sent) {
    const main = document.querySelector("main"), focused = document.activeElement?.id;
    carry(main, fresh, sent);
    const said = by_id("said"), place = scrollY;
    fresh.querySelector("#said").replaceWith(said);
    main.replaceChildren(...fresh.childNodes);
    scrollTo(0, place);
    (by_id(focused) || by_id(sent?.id))?.focus({ preventScroll: true });
    watch();
  }

  // What was done is done, also where the page cannot be drawn anew.
  async function done(said, sent) {
    try {
      put(await fetched(), sent);
      say(said);
    } catch (error) {
      say(`${said} What this page shows is from before, as it could not be drawn anew. ${error.message}`, true);
    }
  }

  let watching;
  function watch() {
    clearTimeout(watching);
    if (document.querySelector("[data-live]")) watching = setTimeout(look, LOOK);
  }
  // Runs alone are drawn while one is under way, so that nobody is disturbed who fills in a form meanwhile.
  async function look() {
    if (document.hidden) return watch();
    try {
      const fresh = await fetched(), runs = by_id("runs"), now = fresh.querySelector("#runs");
      if (!("live" in now.dataset)) {
        put(fresh);
        return say("The run has ended.");
      }
      const focused = document.activeElement?.id;
      carry(runs, now);
      runs.replaceChildren(...now.childNodes);
      if (document.activeElement === document.body) by_id(focused)?.focus({ preventScroll: true });
    } catch {
      // Not reached just now: what is there stays, and the next look comes.
    }
    watch();
  }

  // Numbers as numbers, an emptied one as null, ticks as a list, and of a PATCH only what was changed; two hours go together.
  function body_of(form) {
    const all = form.dataset.method === "POST", body = {};
    const fields = [...form.elements].filter((field) => field.name && (field.type !== "radio" || field.checked));
    for (const field of fields) {
      if (field.type === "checkbox") {
        if (field.checked === field.defaultChecked) continue;
        body[field.name] = fields.filter((one) => one.name === field.name && one.checked).map((one) => one.value);
        continue;
      }
      if (!all && field.value === given(field)) continue;
      body[field.name] = "number" in field.dataset ? (field.value === "" ? null : Number(field.value)) : field.value;
    }
    if ("quiet_from" in body || "quiet_until" in body) {
      for (const name of ["quiet_from", "quiet_until"]) body[name] = form.elements[name].value === "" ? null : Number(form.elements[name].value);
    }
    return body;
  }

  async function submit(form) {
    const problem = form.querySelector(".problem"), button = form.querySelector("[type=submit]");
    const body = body_of(form), complain = (text) => { problem.textContent = text; problem.hidden = false; };
    problem.hidden = true;
    if (body.kinds?.length === 0) return complain("Tick what it may train, or switch it off above.");
    button.disabled = true;
    try {
      await window.attune_pieces.ask(form.dataset.method, form.dataset.path, body);
    } catch (error) {
      button.disabled = false;
      return complain(error.message);
    }
    button.disabled = false;
    await done(form.dataset.method === "POST" ? "Started." : "Saved.", form);
  }

  async function act(button) {
    const { post, delete: gone, patch, path, body, confirm: question } = button.dataset;
    if (question && !window.confirm(question)) return;
    button.disabled = true;
    try {
      if (post) await window.attune_pieces.ask("POST", post, JSON.parse(body));
      else if (gone) await window.attune_pieces.ask("DELETE", gone);
      else await window.attune_pieces.ask("PATCH", path, { [patch]: button.getAttribute("aria-checked") !== "true" });
    } catch (error) {
      button.disabled = false;
      return say(`Not done. ${error.message}`, true);
    }
    button.disabled = false;
    await done("Done.", button);
  }

  // A labelled passage leaves, and the next one is at hand.
  async function label(card, button) {
    const problem = card.querySelector(".problem"), next = card.nextElementSibling || card.previousElementSibling;
    problem.hidden = true;
    for (const one of card.querySelectorAll("button")) one.disabled = true;
    try {
      const path = `/api/v1/admin/annotation-queue/${encodeURIComponent(button.dataset.exposure)}`;
      await window.attune_pieces.ask("POST", path, { utility: button.dataset.label });
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      for (const one of card.querySelectorAll("button")) one.disabled = false;
      return;
    }
    const said = button.dataset.label === "skip" ? "Put away." : "Labelled.";
    card.remove();
    if (!next) return done(said);
    next.focus();
    say(said);
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.path) return; // the browser's own: a download
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
    if (!card || event.repeat || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    card.querySelector(`[data-label=${KEYS[event.key]}]`)?.click();
  });
  document.addEventListener("DOMContentLoaded", watch);
})();
