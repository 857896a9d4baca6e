// What is typed outlives a reload, the way back, a thread that is drawn again and a network that is gone; what was asked
// or sent is dropped. What was written of an answer outlives the server that was writing it, for the person who saw it.
(() => {
  const set = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // --- fields of the thread: what each holds is kept under the name that it has as data-draft
  const at = (name) => `attune-draft-${name}`;
  const kept = (name) => sessionStorage.getItem(at(name));
  const keep = (name, text) => sessionStorage.setItem(at(name), text);
  const drop = (name) => sessionStorage.removeItem(at(name));
  let typing_in = null; // a field that is taken out of the page does not say that it lost the focus
  document.addEventListener("focusin", ({ target }) => { typing_in = target.dataset.draft && target; });
  document.addEventListener("input", ({ target }) => {
    if (target.dataset.draft) keep(target.dataset.draft, target.value);
  });
  document.addEventListener("attune:drawn", () => {
    for (const field of document.querySelectorAll("[data-draft]")) {
      const text = kept(field.dataset.draft);
      if (text !== null && field.value !== text) field.value = text;
      if (typing_in && !typing_in.isConnected && typing_in.dataset.draft === field.dataset.draft) field.focus({ preventScroll: true });
    }
  });

  // --- the question
  const KEPT = "attune-question", WHOSE = "attune-question-of";
  const box = () => document.querySelector("#question textarea");
  let restored = false;
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#question")) return;
    if (event.target.value) sessionStorage.setItem(KEPT, event.target.value);
    else sessionStorage.removeItem(KEPT);
  });
  function restore() {
    const who = !restored && document.querySelector("#account .email")?.title;
    if (!who || !box()) return;
    restored = true;
    if (sessionStorage.getItem(WHOSE) !== who) sessionStorage.removeItem(KEPT); // whoever was logged in here before
    sessionStorage.setItem(WHOSE, who);
    const text = sessionStorage.getItem(KEPT);
    if (text && !box().value) set(box(), text);
  }

  // It leaves the box once the server has it, and not before; what was typed after it meanwhile is the next one.
  let asked = null; // { text, last: the turn that was the last one then }
  const HIDING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069\ufeff]/g; // is shown as a sign of its own
  const last_turn = (within) => [...document.querySelectorAll(`${within} article[data-turn]`)].at(-1);
  function note() {
    if (!document.getElementById("stop")?.offsetParent) asked = { text: box().value.trim(), last: last_turn("#history")?.dataset.turn };
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.closest("#question")) note();
  }, true);
  document.addEventListener("click", (event) => { if (event.target.closest("#send")) note(); }, true);
  function settle() {
    if (!asked) return;
    const turn = last_turn("#live") || last_turn("#history"), text = box().value.trimStart();
    if (!turn?.dataset.turn || turn.dataset.turn === asked.last) return;
    if (turn.querySelector(".question")?.textContent.trim() !== asked.text.replace(HIDING, "\ufffd")) return;
    if (text.startsWith(asked.text)) set(box(), text.slice(asked.text.length).trimStart());
    asked = null;
  }
  for (const name of ["attune:drawn", "attune:grown"])
    document.addEventListener(name, () => { restore(); settle(); });

  const WRITTEN = "attune-written", PAUSE = 300; // milliseconds: reading the text costs a layout, and tokens come quickly
  let noting = 0;
  document.addEventListener("attune:grown", () => {
    noting ||= setTimeout(() => {
      noting = 0;
      const prose = document.querySelector("#live .prose.writing"), turn = prose?.closest("article").dataset.turn;
      if (turn) sessionStorage.setItem(WRITTEN, JSON.stringify({ turn, text: prose.innerText }));
    }, PAUSE);
  });
  // The server says of that turn that it was cut off: above its reason stands what had been seen of the answer.
  document.addEventListener("attune:drawn", () => {
    const kept = JSON.parse(sessionStorage.getItem(WRITTEN));
    const answer = kept && document.querySelector(`#history article[data-turn="${CSS.escape(kept.turn)}"] .answer`);
    if (!answer || answer.querySelector(".prose")) return;
    const prose = window.attune.tell("div", "prose until-then", kept.text);
    prose.style.whiteSpace = "pre-line";
    answer.prepend(prose);
  });
  window.attune_drafts = { kept, keep, drop };
})();
