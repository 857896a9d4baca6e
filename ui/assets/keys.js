// What goes by the keyboard: shortcuts, each with a modifier or no letter, so that none fires while somebody types or
// dictates; and the focus, which a button that leaves with what it did hands on.
(() => {
  const click = (selector) => document.querySelector(selector)?.click();
  const focus = (tab, selector) => {
    click(`.tabs [data-tab="${tab}"]`);
    document.querySelector(selector)?.focus();
  };
  const BY_CODE = { // by the key's place: with Alt, some layouts write another letter there
    KeyN: () => { click("#conversation-head [data-act=new]"); focus("chat", "#question textarea"); },
    KeyK: () => focus("library", "#find-conversation"),
    KeyQ: () => focus("chat", "#question textarea"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape" && document.getElementById("stop")?.offsetParent) {
      event.preventDefault();
      click("#stop");
    } else if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && BY_CODE[event.code]) {
      event.preventDefault();
      BY_CODE[event.code]();
    }
  });

  // --- where the focus goes when its button leaves
  const question = () => document.querySelector("#question textarea");
  const HEIRS = {
    "#send, #stop, [data-act=all]": () => question,
    "#history [data-act=again]": () => () => document.querySelector("#history [data-act=again]"),
    "#documents [data-act=delete]": (button) => {
      const buttons = () => [...document.querySelectorAll("#documents [data-act=delete]")], at = buttons().indexOf(button);
      return () => buttons()[at] || buttons().at(-1) || document.querySelector("#uploads label");
    },
  };
  let leaving = null; // { button, heir }
  document.addEventListener("click", ({ detail, target }) => {
    if (detail) return; // a mouse or a finger, which expects no focus, and a phone would open its keyboard
    const selector = Object.keys(HEIRS).find((one) => target.closest(one)), button = selector && target.closest(selector);
    leaving = selector ? { button, heir: HEIRS[selector](button) } : null;
  });
  function hand_on() {
    if (!leaving || (leaving.button.isConnected && leaving.button.offsetParent)) return;
    if (document.activeElement !== document.body) { leaving = null; return; } // somebody has gone on to elsewhere
    const heir = leaving.heir();
    if (!heir) return; // it is drawn later
    leaving = null;
    heir.focus({ preventScroll: true });
  }
  for (const name of ["attune:drawn", "attune:grown"]) document.addEventListener(name, () => requestAnimationFrame(hand_on));
})();
