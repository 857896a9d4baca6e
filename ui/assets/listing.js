// A list that the server draws, sought in as one types and unfolded page by page. The server may draw the whole panel
// again at any time; what is wanted of the list here is then put back.
(() => {
  const { n } = window.attune_words;

  // `panel` holds it, `row` is one of it, and `path` draws it; `also` says what else that is to know, and `drawn` follows.
  // `find` is the id of the field to search with, `said` of the line that tells how many were found.
  function listing({ panel, row, path, find, said, also = () => ({}), drawn = () => {} }) {
    const { piece } = window.attune_pieces, wanted = { q: "", pages: 1 };
    let drawing = 0, typing = 0;
    const list = () => document.querySelector(`${panel} [data-listed]`);
    const rows = () => document.querySelectorAll(`${panel} [data-listed] ${row}`);
    const say = (text, warning) => {
      const line = document.getElementById(said);
      line.textContent = text;
      line.classList.toggle("warn", Boolean(warning));
    };

    // Of quick repetitions the last one counts.
    async function draw() {
      const mine = ++drawing;
      try {
        const fresh = await piece(`${path}?${new URLSearchParams({ ...wanted, ...also() })}`);
        if (mine !== drawing || !list()) return;
        list().replaceWith(document.importNode(fresh.querySelector("[data-listed]"), true));
        const found = rows().length, more = list().querySelector("[data-more]");
        const all = more ? n("{count} or more found", "{count} or more found", found) : n("{count} found", "{count} found", found);
        say(wanted.q ? all : "");
      } catch (error) {
        if (mine === drawing) say(error.message, true);
      }
      drawn();
    }

    function search(text) {
      clearTimeout(typing);
      if (text === wanted.q) return;
      Object.assign(wanted, { q: text, pages: 1 });
      draw();
    }

    async function more() {
      const before = rows().length;
      wanted.pages += 1;
      await draw();
      rows()[before]?.querySelector("a, button:not(.tick)")?.focus();
    }

    // Whether the server has drawn what is wanted.
    const as_wanted = () => list().dataset.q === wanted.q && Number(list().dataset.pages) === wanted.pages;

    document.addEventListener("input", ({ target }) => {
      if (target.id !== find) return;
      clearTimeout(typing);
      typing = setTimeout(() => search(target.value.trim()), 250);
    });
    document.addEventListener("keydown", (event) => {
      if (event.target.id !== find) return;
      if (event.key === "Escape" && event.target.value) { event.preventDefault(); event.target.value = ""; search(""); }
      if (event.key === "Enter" && !event.isComposing) search(event.target.value.trim());
    });
    document.addEventListener("click", ({ target }) => { if (target.closest(`${panel} [data-more]`)) more(); });
    return { wanted, list, draw, say, as_wanted };
  }

  window.attune_listing = listing;
})();
