// Keyboard shortcuts. Each has a modifier or is no letter, so that none fires while somebody types or dictates.
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
})();
