// Shows a person around once: a card beside the part of the page that it speaks of, which stays usable all the while.
// The server says whom (data-tour); where they were is kept for this tab, so that a reload goes on from there.
(() => {
  const { t } = window.attune_words;
  const KEPT = "attune-tour", GAP = 14, EDGE = 10;
  // Something to ask where the demo corpus was taken in, in the language of its documents.
  const DEMO = { document: "warden-handbook-2025.pdf", question: "Where is the assembly point when the fire alarm sounds?" };
  const find = (selector) => document.querySelector(selector);
  const last = (selector) => [...document.querySelectorAll(selector)].at(-1);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  let tour = null; // { steps, at, card, ring, ... } while it runs

  function planned(is_empty) {
    const documents = {
      name: "documents", tab: () => "library", anchor: () => find("#uploads .drop"),
      title: is_empty ? t("Begin with your documents") : t("Add your own documents"),
      text: t("Drop files anywhere on the page, or press Add files. Each one shows how far it is; small ones are ready in seconds."),
    };
    const rest = [{
      name: "ask", tab: () => "chat", anchor: () => find("#composer"), title: t("Ask a question"), question: !is_empty,
      text: t("Type it here and press Enter. Attune looks in your documents, and says so where they do not answer it."),
    }, {
      name: "source", tab: () => (last("#history .cite") ? "chat" : "sources"), anchor: () => last("#history .cite") || find("#source-list"),
      title: t("See what it rests on"),
      text: t("A number in an answer leads to its source, with the sentence that was used. From there the document opens at that page."),
    }, {
      name: "edit", tab: () => "chat", anchor: () => last("#history [data-edit-answer]") || find("#thread"), title: t("Make the answer yours"),
      text: t("Press Edit under an answer and change it into what you would have liked to read. Attune learns from that how you like answers."),
    }, {
      name: "learned", tab: () => "library", anchor: () => find("#account [href='/about-me']"), title: t("See what was learned"),
      text: t("About me lists what was learned, where it comes from and how sure it is. Change it, switch it off or delete it."),
    }];
    return is_empty ? [documents, ...rest] : [...rest, documents];
  }

  function build() {
    const title = make("h2", { id: "tour-title", tabIndex: -1 }), text = make("p", {}), count = make("p", { className: "muted" });
    const region = make("div", {}, count, title, text);
    const try_it = make("button", { type: "button", className: "ghost try", onclick: fill });
    const skip = make("button", { type: "button", className: "ghost skip", textContent: t("Skip the tour"), onclick: end });
    const back = make("button", { type: "button", className: "ghost", textContent: t("Back"), onclick: () => show(tour.at - 1) });
    const next = make("button", { type: "button", className: "ghost strong", onclick: () => (tour.at + 1 < tour.steps.length ? show(tour.at + 1) : end()) });
    const card = make("section", { id: "tour" }, region, try_it, make("div", { className: "actions" }, skip, back, next));
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-labelledby", "tour-title");
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      end();
    });
    const ring = make("div", { id: "tour-ring" });
    ring.setAttribute("aria-hidden", "true");
    // Inside the frame that our styles are for, and last in it: the tab key comes to it after the page.
    find("#attune").append(ring, card);
    return { region, title, text, count, try_it, skip, back, next, card, ring };
  }

  function show(at, focus = true) {
    const { steps, region, title, text, count, try_it, skip, back, next } = tour, step = steps[at];
    tour.at = at;
    tour.answered = document.querySelectorAll("#history [data-edit-answer]").length;
    sessionStorage.setItem(KEPT, step.name);
    find(`.tabs [data-tab="${step.tab()}"]`)?.click();
    region.setAttribute("aria-live", focus ? "off" : "polite"); // what gets the focus is read out for that alone
    count.textContent = t("Step {step} of {all}", { step: at + 1, all: steps.length });
    title.textContent = step.title;
    text.textContent = step.text;
    const is_demo = step.question && [...document.querySelectorAll("#documents .name")].some((name) => name.textContent === DEMO.document);
    try_it.hidden = !is_demo;
    try_it.textContent = t("Try: “{question}”", { question: DEMO.question });
    back.hidden = at === 0;
    skip.hidden = at + 1 === steps.length;
    next.textContent = skip.hidden ? t("Done") : t("Next");
    step.anchor()?.scrollIntoView({ block: "nearest" });
    place();
    if (focus) title.focus({ preventScroll: true });
  }

  function fill() {
    const box = find("#question textarea");
    box.value = DEMO.question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  function end() {
    sessionStorage.setItem(KEPT, "done");
    tour.card.remove();
    tour.ring.remove();
    tour = null;
    find("#question textarea")?.focus();
    // Where the server cannot be told, this tab remembers, and the next one asks again.
    window.attune_pieces.ask("PATCH", "/api/v1/me", { toured: true }).catch(() => {});
  }

  // Beside what it speaks of, where there is room; else over the middle of it.
  function place() {
    if (!tour) return;
    const { card, ring } = tour, box = tour.steps[tour.at].anchor()?.getBoundingClientRect();
    if (!box) return;
    const [width, height] = [card.offsetWidth, card.offsetHeight], within = (value, most) => Math.max(EDGE, Math.min(value, most - EDGE));
    const [x, y] = [within(box.left + (box.width - width) / 2, innerWidth - width), within(box.top, innerHeight - height)];
    const ways = [[box.right + GAP, y], [box.left - width - GAP, y], [x, box.bottom + GAP], [x, box.top - height - GAP]];
    const fits = ([left, top]) => left >= EDGE && top >= EDGE && left + width <= innerWidth - EDGE && top + height <= innerHeight - EDGE;
    const [left, top] = ways.find(fits) || [x, within(box.top + (box.height - height) / 2, innerHeight - height)];
    Object.assign(card.style, { left: `${left}px`, top: `${top}px` });
    Object.assign(ring.style, { left: `${box.left - 4}px`, top: `${box.top - 4}px`, width: `${box.width + 8}px`, height: `${box.height + 8}px` });
    ring.hidden = !box.width;
  }

  function drawn() {
    if (tour) {
      // Whoever has asked is led on to the answer; the focus stays where they are.
      const answered = document.querySelectorAll("#history [data-edit-answer]").length;
      if (tour.steps[tour.at].name === "ask" && answered > tour.answered) show(tour.at + 1, false);
      else place();
      return;
    }
    const kept = sessionStorage.getItem(KEPT), listed = find("#documents .documents, #documents .empty");
    if (kept === "done" || !listed || !find("#account [data-tour]")) return;
    const steps = planned(listed.matches(".empty")), at = steps.findIndex((step) => step.name === kept);
    tour = { steps, ...build() };
    show(Math.max(at, 0));
  }
  document.addEventListener("attune:drawn", drawn);
  for (const name of ["resize", "scroll"]) addEventListener(name, place, true);
})();
