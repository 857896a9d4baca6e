// What a person thinks of answers and sources, and does with them: shown at once, and sent until the server has it.
// Each event has a key of its own, so that what is sent twice is one event; they leave in the order they were made.
(() => {
  const OUTBOX = "attune-outbox", TRIES = 6; // of an event on a turn that is not known: it may not be saved yet
  const { t } = window.attune_words;
  const votes = new Map(), verdicts = new Map(); // turn -> {vote, reasons, text}; exposure -> verdict: newer than the page

  // --- the outbox
  const read = () => JSON.parse(localStorage.getItem(OUTBOX) || "[]");
  const write = (events) => localStorage.setItem(OUTBOX, JSON.stringify(events));
  const drop = (key) => write(read().filter((event) => event.body.key !== key));
  const new_key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let sending = false, waiting = 0;

  function log(thing, id, kind, more = {}) {
    const event = { path: `/api/v1/${thing}/${encodeURIComponent(id)}/feedback`, body: { key: new_key(), kind, ...more }, tries: 0 };
    write([...read(), event].slice(-500));
    flush();
    return event;
  }

  function later(seconds) {
    clearTimeout(waiting);
    waiting = setTimeout(flush, seconds * 1000);
  }

  async function flush() {
    if (sending) return;
    sending = true;
    try {
      for (let event = read()[0]; event; event = read()[0]) if (!(await send(event))) return;
    } finally { sending = false; }
  }

  // Whether the next one may leave: this one has arrived, or was refused for good.
  async function send(event) {
    let response;
    try {
      response = await fetch(event.path, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(event.body), keepalive: true,
      });
    } catch { later(5); return false; }
    if (response.status === 401) { location.replace("/login"); return false; }
    if (response.status === 429 || response.status >= 500) {
      later(Number(response.headers.get("Retry-After")) || 5);
      return false;
    }
    if (response.status === 404 && event.tries < TRIES) {
      write(read().map((one) => (one.body.key === event.body.key ? { ...one, tries: one.tries + 1 } : one)));
      later(1 + event.tries);
      return false;
    }
    drop(event.body.key);
    return true;
  }

  // --- votes
  const turn_of = (element) => element.closest("article[data-turn]")?.dataset.turn;

  function state_in(article) {
    const pressed = (selector) => [...article.querySelectorAll(`${selector}[aria-pressed="true"]`)];
    return {
      vote: pressed("[data-vote]")[0]?.dataset.vote || null,
      reasons: pressed("[data-reason]").map((button) => button.dataset.reason),
      text: votes.get(article.dataset.turn)?.text ?? article.querySelector(".vote-text input").defaultValue,
    };
  }

  function draw(article, state, said) {
    const press = (button, holds) => button.setAttribute("aria-pressed", holds);
    for (const button of article.querySelectorAll("[data-vote]")) press(button, button.dataset.vote === state.vote);
    for (const button of article.querySelectorAll("[data-reason]")) press(button, state.reasons.includes(button.dataset.reason));
    article.querySelector(".reasons").hidden = state.vote !== "down";
    if (said !== undefined) article.querySelector(".vote-said").textContent = said;
  }

  function vote(article, state) {
    const turn = article.dataset.turn, { vote, reasons, text } = state;
    const down = vote === "down" ? { reasons, ...(text && { text }) } : {};
    votes.set(turn, state);
    log("turns", turn, vote || "withdrawn", down);
    const noted = t("Noted. It is kept for when Attune is retrained; no single vote moves a ranking.");
    const open = vote === "down" && !reasons.length && !text ? `${noted} ${t("What was wrong? You may leave it open")}.` : noted;
    draw(article, state, vote ? open : t("Your vote is taken back."));
  }

  function judge(button) {
    const card = button.closest("[data-exposure]"), id = card.dataset.exposure;
    const verdict = button.getAttribute("aria-pressed") === "true" ? null : button.dataset.verdict;
    verdicts.set(id, verdict);
    log("exposures", id, verdict || "withdrawn");
    show_verdict(card, verdict);
  }

  function show_verdict(card, verdict) {
    for (const one of card.querySelectorAll("[data-verdict]")) one.setAttribute("aria-pressed", one.dataset.verdict === verdict);
  }

  // --- what is done with an answer
  function exposure_of(cite) {
    const article = cite.closest("article[data-markers]");
    const pair = article?.dataset.markers.split(" ").find((one) => one.startsWith(`${cite.dataset.cite}:`));
    return pair?.slice(pair.indexOf(":") + 1);
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    const article = target.closest("article[data-turn]");
    if (target.dataset.vote) {
      const now = state_in(article), again = now.vote === target.dataset.vote;
      vote(article, { vote: again ? null : target.dataset.vote, reasons: [], text: "" });
    } else if (target.dataset.reason) {
      target.setAttribute("aria-pressed", target.getAttribute("aria-pressed") !== "true");
      vote(article, { ...state_in(article), vote: "down" });
    } else if (target.dataset.verdict) judge(target);
    else if (target.dataset.cite) {
      const exposure = exposure_of(target);
      if (exposure) log("exposures", exposure, "citation_opened");
    } else if ("copy" in target.dataset && article) log("turns", article.dataset.turn, "copied");
    else if (target.matches("[data-exposure] footer a")) log("exposures", target.closest("[data-exposure]").dataset.exposure, "source_opened");
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".vote-text")) return;
    event.preventDefault();
    const article = event.target.closest("article[data-turn]");
    const field = event.target.querySelector("input");
    window.attune_drafts.drop(field.dataset.draft);
    vote(article, { ...state_in(article), vote: "down", text: field.value.trim() });
  });
  document.addEventListener("copy", () => {
    const from = document.getSelection()?.anchorNode?.parentElement?.closest("#history .prose");
    if (from) log("turns", turn_of(from), "copied");
  });

  // Left while it was being answered: the beacon outlives the page, and what it may have lost is sent again by the next.
  addEventListener("pagehide", () => {
    const turn = document.querySelector("#live article[data-turn]:not([data-turn=''])")?.dataset.turn;
    if (!turn || document.querySelector("#live .failed, #live .comparison")) return; // of two answers the first is whole
    const { path, body } = log("turns", turn, "abandoned");
    navigator.sendBeacon(path, new Blob([JSON.stringify(body)], { type: "application/json" }));
  });

  // The server may have drawn the page before it knew the last click.
  function restore() {
    for (const article of document.querySelectorAll("#history article[data-turn]")) {
      const state = votes.get(article.dataset.turn);
      if (state && article.querySelector(".reasons")) draw(article, state);
    }
    for (const card of document.querySelectorAll("[data-exposure]"))
      if (verdicts.has(card.dataset.exposure)) show_verdict(card, verdicts.get(card.dataset.exposure));
  }
  document.addEventListener("attune:drawn", restore);
  for (const { path, body } of read()) { // made on an earlier page, and not known to the server that drew this one
    const [, , , thing, id] = path.split("/"), taken_back = body.kind === "withdrawn";
    if (thing === "turns" && ["up", "down", "withdrawn"].includes(body.kind))
      votes.set(id, { vote: taken_back ? null : body.kind, reasons: body.reasons || [], text: body.text || "" });
    if (thing === "exposures" && ["helped", "not_relevant", "wrong", "withdrawn"].includes(body.kind))
      verdicts.set(id, taken_back ? null : body.kind);
  }
  window.attune_votes = { log, waiting: read }; // for marks.js
  addEventListener("online", flush);
  flush();
})();
