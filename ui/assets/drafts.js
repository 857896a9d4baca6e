// The question that is being typed outlives a reload, the way back and a network that is gone; what was asked is dropped.
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
})();
