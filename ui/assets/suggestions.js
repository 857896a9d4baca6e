// What could be asked next: fetched when an answer is there, for what is ticked now; one click fills the box and asks.
(() => {
  const known = new Map(); // turn and choice -> the piece: an answer is drawn many times

  async function fill() {
    if (document.querySelector("#live article")) return; // the next answer is being written
    const place = [...document.querySelectorAll("#history [data-suggestions]")].at(-1);
    if (!place) return;
    const chosen = window.attune_documents.chosen().map((id) => ["within", id]); // also what is not listed
    const path = `/shown/suggestions/${encodeURIComponent(place.closest("article").dataset.turn)}?${new URLSearchParams(chosen)}`;
    if (place.dataset.path === path) return;
    place.dataset.path = path;
    if (!known.has(path)) known.set(path, window.attune_pieces.piece(path));
    try {
      const piece = await known.get(path);
      if (place.dataset.path === path) place.replaceChildren(...document.importNode(piece.body, true).childNodes);
    } catch { // an answer is whole without them: the next drawing tries again
      known.delete(path);
      delete place.dataset.path;
    }
  }

  function put(box, text) {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-suggested]"), box = document.querySelector("#question textarea");
    if (!button || document.getElementById("stop")?.offsetParent) return; // one answer at a time
    const typed = box.value;
    put(box, button.textContent);
    setTimeout(() => document.getElementById("send").click(), 50); // the box tells gradio first
    if (!typed.trim()) return;
    let looks = 50;
    const waiting = setInterval(() => { // what was typed is the question after that
      if (box.value && (looks -= 1)) return;
      clearInterval(waiting);
      if (!box.value) put(box, typed);
    }, 100);
  });
  for (const name of ["attune:drawn", "attune:grown"]) document.addEventListener(name, fill);
})();
