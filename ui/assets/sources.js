// The sources beside an answer: a passage unfolds, a citation leads to its passage, and from there back to where it was
// cited. Whoever goes by the keyboard goes along.
(() => {
  const { show_tab } = window.attune;
  const card = (marker) => document.getElementById(`source-${marker}`);
  const shown_turn = () => document.querySelector("[data-shown-turn]")?.dataset.shownTurn;
  let way = null; // from where somebody came: { turn, cite: its marker, or none for all of them; nth of its like; arrived }
  let within = null; // what has the focus here; an element that is taken out of the page does not say that it lost it

  function unfold(source, open) {
    source.classList.toggle("open", open);
    source.querySelector("[data-unfold]")?.setAttribute("aria-expanded", open);
  }

  function point_at(source) {
    for (const other of document.querySelectorAll(".source.focus")) other.classList.remove("focus");
    source.classList.add("focus");
    unfold(source, true);
  }

  // --- there
  const cites_of = ({ turn, cite }) =>
    [...document.querySelectorAll(`[data-turn="${CSS.escape(turn)}"]${cite ? `[data-cite="${CSS.escape(cite)}"]` : "[data-act=sources]"}`)];

  // Whether the sources of that turn are here; else the page asks for them, and `arrive` follows when they are drawn.
  function open(button) {
    const { turn, cite } = button.dataset;
    way = { turn, cite };
    way.nth = cites_of(way).indexOf(button);
    show_tab("sources");
    if (shown_turn() !== turn) return false;
    arrive();
    return true;
  }

  function arrive() {
    const panel = document.getElementById("source-list"), source = way.cite && card(way.cite);
    way.arrived = true;
    panel.querySelector("[data-back]").hidden = false;
    if (source) {
      point_at(source);
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      source.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    }
    const active = document.activeElement;
    if (active === document.body || cites_of(way).includes(active) || panel.contains(active))
      (source || panel.querySelector("h2")).focus({ preventScroll: true }); // else somebody has gone on to elsewhere
  }

  // The panel is drawn again: with what was waited for, or at the end of an answer with what was being read.
  function drawn() {
    if (!way || shown_turn() !== way.turn) return;
    if (!way.arrived) { arrive(); return; }
    const back = document.querySelector("#source-list [data-back]"), source = way.cite && card(way.cite);
    if (!back?.hidden) return;
    back.hidden = false;
    if (source) point_at(source);
    if (within && !within.isConnected && document.activeElement === document.body) (source || back).focus({ preventScroll: true });
  }

  // --- and back
  function back() {
    const cites = cites_of(way);
    show_tab("chat");
    (cites[way.nth] || cites[0] || document.querySelector("#question textarea")).focus();
    document.querySelector("#source-list [data-back]").hidden = true;
    way = null;
  }

  document.addEventListener("focusin", ({ target }) => { within = target.closest("#source-list") && target; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !way || !event.target.closest("#source-list")) return;
    event.preventDefault();
    back();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-back]")) { back(); return; }
    const asked = target.closest("[data-unfold]") || (getSelection().isCollapsed && target.closest(".passage"));
    const source = asked && asked.closest(".source");
    if (source) unfold(source, !source.classList.contains("open"));
  });
  document.addEventListener("attune:drawn", drawn);
  window.attune_sources = { open };
})();
