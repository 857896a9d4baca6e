// What the pages without gradio share: the theme that was chosen in the chat, and one line that says what became of a click.
// Loaded before the page is drawn, so that it never flashes in the wrong theme.
(() => {
  const theme = localStorage.getItem("attune-theme");
  if (theme) document.documentElement.dataset.theme = theme;

  let fading;
  window.attune_said = (text, warning) => {
    const said = document.getElementById("said");
    clearTimeout(fading);
    said.classList.toggle("warn", Boolean(warning));
    said.textContent = text;
    // What went well is seen in the page itself; what did not stays until the next try.
    if (!warning) fading = setTimeout(() => { said.textContent = ""; }, 6000);
  };
})();
