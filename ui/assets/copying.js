// Copies text. Without TLS a browser gives a page no clipboard, and with it a person may refuse it: then a selection is
// copied, as was done before there was one. Whether it was copied is the answer, so that nobody is left to guess.
(() => {
  function by_selection(text) {
    const area = document.createElement("textarea"), active = document.activeElement;
    Object.assign(area, { value: text, readOnly: true });
    Object.assign(area.style, { position: "fixed", top: "0", opacity: "0" });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    active?.focus({ preventScroll: true });
    return copied;
  }

  window.attune_copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return by_selection(text);
    }
  };
})();
