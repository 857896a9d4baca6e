// The difference of two texts in words, for the preview of an edit: a list of ["span" | "del" | "ins", text].
(() => {
  const MOST_CELLS = 4e6; // of the table of a comparison: beyond, the middle counts as replaced
  const words_of = (text) => text.match(/\s+|[^\s]+/g) || [];

  function difference(before, after) {
    const old_words = words_of(before), new_words = words_of(after);
    let start = 0, old_end = old_words.length, new_end = new_words.length;
    while (start < old_end && start < new_end && old_words[start] === new_words[start]) start += 1;
    while (old_end > start && new_end > start && old_words[old_end - 1] === new_words[new_end - 1]) { old_end -= 1; new_end -= 1; }
    const spans = [];
    const add = (tag, words) => {
      if (!words.length) return;
      const last = spans.at(-1);
      if (last && last[0] === tag) last[1] += words.join("");
      else spans.push([tag, words.join("")]);
    };
    add("span", old_words.slice(0, start));
    align(old_words.slice(start, old_end), new_words.slice(start, new_end), add);
    add("span", old_words.slice(old_end));
    return whole_phrases(spans);
  }

  // A blank that both texts happen to have between two changes is part of them: a phrase reads better than its words.
  function whole_phrases(spans) {
    const merged = [];
    let change = { del: "", ins: "" };
    const flush = () => {
      for (const tag of ["del", "ins"]) if (change[tag]) merged.push([tag, change[tag]]);
      change = { del: "", ins: "" };
    };
    spans.forEach(([tag, text], index) => {
      if (tag !== "span") change[tag] += text;
      else if (!text.trim() && index && index < spans.length - 1) { change.del += text; change.ins += text; }
      else { flush(); merged.push([tag, text]); }
    });
    flush();
    return merged;
  }

  // The longest common subsequence, read off its table from the beginning.
  function align(left, right, add) {
    const wide = right.length + 1;
    if (left.length * right.length > MOST_CELLS) { add("del", left); add("ins", right); return; }
    const longest = new Uint32Array((left.length + 1) * wide);
    for (let i = left.length - 1; i >= 0; i -= 1)
      for (let j = right.length - 1; j >= 0; j -= 1)
        longest[i * wide + j] = left[i] === right[j]
          ? longest[(i + 1) * wide + j + 1] + 1
          : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
    let i = 0, j = 0;
    while (i < left.length || j < right.length) {
      if (i < left.length && j < right.length && left[i] === right[j]) { add("span", [left[i]]); i += 1; j += 1; }
      else if (i < left.length && (j === right.length || longest[(i + 1) * wide + j] >= longest[i * wide + j + 1])) add("del", [left[i++]]);
      else add("ins", [right[j++]]);
    }
  }

  window.attune_difference = { difference };
})();
