// Draws parts of a page again as the server has it now, without losing what is open or half typed in them.
(() => {
  const by_id = (id) => document.getElementById(id);

  // What the fresh page must take over from this one: what is open or half typed, but for the form that was `sent`.
  function state_of(main, sent, leaves) {
    const fields = [...main.querySelectorAll("input[id]")].filter((field) => field.value !== field.defaultValue && !sent?.contains(field));
    const open = [...main.querySelectorAll("details[open]")].filter((details) => !(leaves && details.contains(sent)));
    return { fields: fields.map(({ id, value }) => [id, value]), open: open.map(({ id }) => id) };
  }

  // `parts` are ids; `leaves`: the fold with the form that was `sent` is done with. The focus goes back to where it was, or
  // to what is called `otherwise`.
  window.attune_redraw = async (parts, sent, { leaves = false, otherwise } = {}) => {
    const fold = sent?.closest("details")?.id, active = sent?.id || document.activeElement.id;
    const main = document.querySelector("main"), fresh = (await window.attune_pieces.piece(location.href)).querySelector("main");
    const { fields, open } = state_of(main, sent, leaves);
    for (const id of parts) by_id(id).replaceChildren(...document.importNode(fresh.querySelector(`#${id}`), true).childNodes);
    for (const id of open) if (by_id(id)) by_id(id).open = true;
    for (const [id, value] of fields) if (by_id(id)) by_id(id).value = value;
    if (document.activeElement !== document.body) return; // it stands in a part that was not drawn again
    const after = by_id(active);
    (by_id(fold)?.querySelector("summary") || after?.querySelector("input") || after || by_id(otherwise))?.focus({ preventScroll: true });
  };
})();
