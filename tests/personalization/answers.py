"""Answers of every shape for property tests: sentences, lists, headings, code, quotations, markers, frames."""

from hypothesis import strategies as st

SENTENCES = (
    "The ship sank in 1912.",
    "It's probably the colour of the harbour [1].",
    "However, Dr. Weber didn't agree; he left early [2].",
    'She wrote "It is big. Very big!" to him [1].',
    "See https://example.org/a.b?c=1 for details.",
    "For example, use `it's = a; b` there [3].",
    "Perhaps, in my opinion, you can utilize an additional room!",
    "Is it large?",
    "the fee is 3.5 euros, e.g. for kids [1, 2]",
    "Great 🎉 news [2] 🙂",
    "**Water** boils at 100 °C.",
    "„Es ist groß.“ sagte er.",
    "We let us go... I have a car.",
    "It is important to note that it rains!",
    "Here is the answer:",
    "Sure!",
    "Hello there.",
    "I hope this helps!",
    "Let me know if you have any questions.",
)
LINES = (
    "# Topic",
    "## Summary",
    "```\nit's code. More code [9]\n- a\n```",
    "> A quote. It's old [4].",
    "| a | b |",
    "",
    "Hello,",
    "Dear Dr. Weber,",
    "Best regards,",
    "Maria",
    "---",
)
_said = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join)
_item = st.tuples(st.sampled_from(("- ", "* ", "1. ", "2) ", "  - ", "• ")), _said).map("".join)
_line = st.one_of(_said, _said, _item, st.sampled_from(LINES))
answers = st.lists(_line, min_size=0, max_size=6).flatmap(
    lambda rows: st.sampled_from(("\n", "\n\n", " ")).map(lambda gap: gap.join(rows))
)
anything = st.one_of(answers, st.text(max_size=80), st.text(alphabet='aA.!?,;:"“”[]12 -*#>`\n\t🙂ß', max_size=60))
