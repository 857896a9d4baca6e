// The list of documents beside the chat: found by their names, unfolded page by page. What is chosen to be asked stays
// chosen where it is not listed.
(() => {
  const ENOUGH = 8; // documents that are worth a search
  const { wanted, list, draw, as_wanted } = window.attune_listing({
    panel: "#documents", row: ".document", path: "/shown/documents", find: "find-document", said: "documents-said", drawn: tick,
  });
  const ticks = () => [...document.querySelectorAll("#documents .tick[data-id]")];
  const chosen = () => (document.querySelector("#documents [data-chosen]")?.dataset.chosen || "").split(" ").filter(Boolean);

  function tick() {
    const ids = chosen();
    for (const one of ticks()) {
      one.setAttribute("aria-checked", ids.includes(one.dataset.id));
      one.closest(".document").classList.toggle("chosen", ids.includes(one.dataset.id));
    }
  }

  // What is chosen once this box was ticked or unticked.
  function choice(box) {
    const listed = ticks(), here = new Set(listed.map((one) => one.dataset.id));
    const elsewhere = box.dataset.kind === "collection" ? [] : chosen().filter((id) => !here.has(id));
    return [...elsewhere, ...listed.filter((one) => one.ariaChecked === "true").map((one) => one.dataset.id)];
  }

  document.addEventListener("attune:drawn", () => {
    const find = document.getElementById("find-document");
    if (!find || !list()) return;
    find.hidden = !wanted.q && list().querySelectorAll(".document").length < ENOUGH;
    if (!as_wanted()) draw();
  });
  window.attune_documents = { choice, chosen };
})();
