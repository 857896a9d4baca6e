// The question that is being typed outlives a reload, the way back and a network that is gone; what was asked is dropped.
// What was written of an answer outlives the server that was writing it, for the person who saw it.
(() => {
  const KEPT = "attune-question";
  let restored = false;

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#question")) return;
    if (event.target.value) sessionStorage.setItem(KEPT, event.target.value);
    else sessionStorage.removeItem(KEPT);
  });
  function drawn() {
    const box = document.querySelector("#question textarea");
    if (!box) return;
    if (restored) { // emptied by the server: it has the question
      if (!box.value) sessionStorage.removeItem(KEPT);
      return;
    }
    restored = true;
    const kept = sessionStorage.getItem(KEPT);
    if (!kept || box.value) return;
    box.value = kept;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const name of ["attune:drawn", "attune:grown"]) document.addEventListener(name, drawn);

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
})();
