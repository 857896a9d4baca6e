// Good or wrong, said of pieces of an answer: by selecting text, with a mouse or a finger, or piece by piece with keys.
// The answer is shown as markup and its marks are places in the text that the model wrote: words tie the two together.
(() => {
  const { t, language } = window.attune_words;
  const AHEAD = 30; // words of the source that markup may swallow between two that are seen
  const said = new Map(); // turn -> [{start, end, mark}], newer than the page; mark null: taken back
  const WORD = /[\p{L}\p{N}]+/gu;
  const words_in = (text) => [...text.matchAll(WORD)].map((match) => ({ word: match[0], start: match.index, end: match.index + match[0].length }));
  const points = (text, units) => [...text.slice(0, units)].length;
  const units = (text, count) => [...text].slice(0, count).join("").length;

  // --- the answer: its source, the words of it that are seen, and where
  const articles = () => [...document.querySelectorAll("#history article[data-turn]")].filter((one) => one.querySelector(".marks"));
  const source_of = (article) => JSON.parse(article.querySelector("[data-edit-answer]").dataset.editAnswer);

  // What is never seen as words, with spaces in its place: markers, addresses of links, the names of languages of code.
  const bare = (source) => source.replace(/\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]|\]\([^)\n]*\)|^\s*(?:```|~~~).*$/gm, (match) => match.replace(/\S/g, " "));

  function seen_words(article) {
    const written = words_in(bare(source_of(article))), found = [];
    const nodes = document.createTreeWalker(article.querySelector(".prose"), NodeFilter.SHOW_TEXT, {
      acceptNode: (node) => (node.parentElement.closest(".cite") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    let at = 0;
    while (nodes.nextNode())
      for (const seen of words_in(nodes.currentNode.data)) {
        const place = written.slice(at, at + AHEAD).findIndex(({ word }) => word === seen.word);
        if (place < 0) continue; // a formula, say
        at += place + 1;
        found.push({ node: nodes.currentNode, from: seen.start, to: seen.end, start: written[at - 1].start, end: written[at - 1].end });
      }
    return found;
  }

  function range_of(words) {
    const range = document.createRange();
    range.setStart(words[0].node, words[0].from);
    range.setEnd(words.at(-1).node, words.at(-1).to);
    return range;
  }
  function text_of(range) {
    const copy = range.cloneContents();
    for (const marker of copy.querySelectorAll(".cite")) marker.remove();
    return copy.textContent.replace(/\s+/g, " ").replace(/ (?=[.,;:!?])/g, "");
  }
  const within = (words, { start, end }) => words.filter((word) => word.start < end && word.end > start);

  function sentences(article, words) {
    const cut = new Intl.Segmenter(language, { granularity: "sentence" }).segment(bare(source_of(article)));
    const found = [...cut].map(({ index, segment }) => within(words, { start: index, end: index + segment.length }));
    return found.filter((one) => one.length).map((one) => ({ start: one[0].start, end: one.at(-1).end }));
  }

  // --- what is marked
  const same = (one, other) => one.start === other.start && one.end === other.end;
  function marks_of(article) {
    const source = source_of(article);
    const kept = JSON.parse(article.querySelector(".marks").dataset.marks);
    let marks = kept.map(({ start, end, mark }) => ({ start: units(source, start), end: units(source, end), mark }));
    for (const one of said.get(article.dataset.turn) || []) marks = [...marks.filter((mark) => !same(mark, one)), one];
    return marks.filter(({ mark }) => mark);
  }

  function say(article, span, mark) {
    const source = source_of(article), turn = article.dataset.turn;
    const place = { start: points(source, span.start), end: points(source, span.end) };
    said.set(turn, [...(said.get(turn) || []), { ...span, mark }]);
    window.attune_votes.log("turns", turn, mark ? `span_${mark}` : "span_cleared", { span: place });
  }

  // Whatever the piece lies over is taken back: a word is good or wrong, not both.
  function mark(article, span, kind) {
    for (const one of marks_of(article))
      if (one.start < span.end && one.end > span.start && !(kind && same(one, span))) say(article, one, null);
    if (kind) say(article, span, kind);
    draw(article);
    highlight();
    article.querySelector(".vote-said").textContent = kind ? t("Marked. It is kept for when Attune is retrained.") : t("The mark is taken back.");
  }

  // --- drawing
  const make = (tag, className, text) => window.attune.tell(tag, className, text);
  function button(article, piece, kind, name) {
    const made = make("button", "ghost", name), on = piece.mark === kind;
    made.type = "button";
    made.setAttribute("aria-pressed", on);
    made.addEventListener("click", () => {
      mark(article, { start: piece.start, end: piece.end }, on ? null : kind);
      const again = article.querySelector(`[data-piece="${piece.start}-${piece.end}"] .${kind}`);
      (again || article.querySelector("[data-mark-pieces]")).focus({ preventScroll: true });
    });
    made.classList.add(kind);
    return made;
  }
  function draw(article) {
    const words = seen_words(article), marks = marks_of(article), place = article.querySelector(".marks");
    const open = article.querySelector("[data-mark-pieces]").getAttribute("aria-expanded") === "true";
    const others = open ? sentences(article, words).filter((one) => !marks.some((mark) => same(mark, one))) : [];
    const pieces = [...marks, ...others].sort((one, other) => one.start - other.start || other.end - one.end);
    place.replaceChildren(...pieces.map((piece) => row(article, words, piece)));
  }
  function row(article, words, piece) {
    const line = make("div", `piece ${piece.mark || ""}`, ""), inside = within(words, piece);
    const text = inside.length ? text_of(range_of(inside)) : source_of(article).slice(piece.start, piece.end);
    const buttons = make("span", "judge", "");
    buttons.setAttribute("role", "group");
    buttons.setAttribute("aria-label", text);
    buttons.append(button(article, piece, "good", t("Good")), button(article, piece, "wrong", t("Wrong")));
    line.dataset.piece = `${piece.start}-${piece.end}`;
    line.append(make("span", "what", text), buttons);
    return line;
  }
  function highlight() {
    if (!window.CSS?.highlights) return; // the list below the answer says the same
    const ranges = { good: [], wrong: [] };
    for (const article of articles()) {
      const marks = marks_of(article), words = marks.length ? seen_words(article) : [];
      for (const one of marks) if (within(words, one).length) ranges[one.mark].push(range_of(within(words, one)));
    }
    for (const [kind, found] of Object.entries(ranges)) CSS.highlights.set(`attune-${kind}`, new Highlight(...found));
  }

  // --- selecting
  const bar = make("div", "", "");
  bar.id = "mark-bar";
  bar.hidden = true;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", t("This piece of the answer"));
  let selected = null;
  for (const [kind, name] of [["good", t("Good")], ["wrong", t("Wrong")], ["clear", t("Take back")]]) {
    const one = make("button", `ghost ${kind}`, name);
    one.type = "button";
    one.dataset.kind = kind;
    bar.append(one);
  }
  bar.addEventListener("pointerdown", (event) => event.preventDefault()); // what is selected stays so
  bar.addEventListener("click", (event) => {
    const kind = event.target.dataset.kind;
    if (!kind || !selected) return;
    mark(selected.article, selected.span, kind === "clear" ? null : kind);
    document.getSelection().removeAllRanges();
    hide();
  });
  const hide = () => { bar.hidden = true; selected = null; };

  function offer() {
    const selection = document.getSelection(), range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const prose = range?.startContainer.parentElement?.closest("#history .prose"), article = prose?.closest("article");
    if (!article?.querySelector(".marks") || !prose.contains(range.endContainer.parentElement)) return hide();
    const words = seen_words(article).filter((word) => {
      const own = range_of([word]);
      return range.compareBoundaryPoints(Range.START_TO_END, own) > 0 && range.compareBoundaryPoints(Range.END_TO_START, own) < 0;
    });
    if (!words.length) return hide();
    selected = { article, span: { start: words[0].start, end: words.at(-1).end } };
    bar.lastElementChild.hidden = !marks_of(article).some((one) => one.start < selected.span.end && one.end > selected.span.start);
    bar.hidden = false;
    const { left, right, bottom } = range.getBoundingClientRect(), gap = matchMedia("(pointer: coarse)").matches ? 34 : 8;
    bar.style.left = `${Math.max(8, Math.min((left + right - bar.offsetWidth) / 2, innerWidth - bar.offsetWidth - 8))}px`;
    bar.style.top = `${Math.min(bottom + gap, innerHeight - bar.offsetHeight - 8)}px`;
  }

  let settling = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(settling);
    settling = setTimeout(offer, 250);
  });
  document.addEventListener("scroll", () => { if (!bar.hidden) offer(); }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !bar.hidden) { event.stopPropagation(); hide(); } }, true);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-mark-pieces]");
    if (!opener) return;
    opener.setAttribute("aria-expanded", opener.getAttribute("aria-expanded") !== "true");
    draw(opener.closest("article"));
  });

  // What was said on an earlier page and has not arrived yet.
  function restore() {
    if (!bar.isConnected) document.body.append(bar);
    const marked = articles().filter((article) => said.has(article.dataset.turn) || article.querySelector(".marks").dataset.marks !== "[]");
    for (const article of marked) draw(article);
    highlight(); // also where none is left: the answers of another conversation are drawn
  }
  const waiting = window.attune_votes.waiting().filter(({ body }) => body.span);
  document.addEventListener("attune:drawn", () => {
    for (const { path, body } of waiting.splice(0)) {
      const turn = path.split("/")[4], article = articles().find((one) => one.dataset.turn === turn);
      if (!article) continue;
      const source = source_of(article), span = { start: units(source, body.span.start), end: units(source, body.span.end) };
      said.set(turn, [...(said.get(turn) || []), { ...span, mark: body.kind === "span_cleared" ? null : body.kind.slice(5) }]);
    }
    restore();
  });
})();
