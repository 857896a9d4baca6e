"""What each dimension reads from an edit, and what it then does to another text."""

import pytest

from personalization import dimensions

D = "The ship sank in 1912 near Canada [1]. It carried 2,224 people. The owners were blamed [2]."
OTHER = "Water boils at 100 degrees [3]. It doesn't matter why. Salt raises the point [4]."


def wanted(draft: str, edited: str) -> dict[str, dict[str, object]]:
    return {wish.dimension.name: dict(wish.settings) for wish in dimensions.suggest(draft, edited)}


# dimension, draft, what the person made of it, what that says, another text, what becomes of it
LEARNED = (
    (
        "lists",
        D,
        "- The ship sank in 1912 near Canada [1].\n- It carried 2,224 people.\n- The owners were blamed [2].",
        {"sign": "-"},
        f"Hello Tom,\n\n{OTHER}",
        "Hello Tom,\n\n- Water boils at 100 degrees [3].\n- It doesn't matter why.\n- Salt raises the point [4].",
    ),
    (
        "lists",
        D,
        "1. The ship sank in 1912 near Canada [1].\n2. It carried 2,224 people.\n3. The owners were blamed [2].",
        {"sign": "1."},
        "# Water\n\n- It boils [3].\n- It freezes.\n\nBest regards,\nAnn",
        "# Water\n\n1. It boils [3].\n2. It freezes.\n\nBest regards,\nAnn",
    ),
    ("lists", "- It sank.\n- It was big", "It sank. It was big.", {"sign": ""}, "* A b\n* C d.", "A b. C d."),
    (
        "greeting",
        D,
        f"Dear Dr. Weber,\n\n{D}",
        {"text": "Dear Dr. Weber,", "gap": "\n\n"},
        f"Hi there! {OTHER}",
        f"Dear Dr. Weber,\n\n{OTHER}",
    ),
    ("greeting", f"Hello! {D}", D, {"text": "", "gap": " "}, f"Hi Tom,\n{OTHER}", OTHER),
    (
        "closing",
        D,
        f"{D}\n\nBest regards,\nMaria",
        {"text": "Best regards,\nMaria", "gap": "\n\n"},
        f"{OTHER} I hope this helps!",
        f"{OTHER}\n\nBest regards,\nMaria",
    ),
    ("closing", f"{D} Let me know if you have questions.", D, {"text": "", "gap": " "}, f"{OTHER}\n\nCheers!", OTHER),
    (
        "length",
        D,
        "The ship sank in 1912 near Canada [1]. The owners were blamed [2].",
        {"bound": "at most", "count": 2, "of": "sentences"},
        OTHER,
        "Water boils at 100 degrees [3]. Salt raises the point [4].",
    ),
    (
        "contractions",
        "It is big and isn't old.",
        "It is big and is not old.",
        {"use": False},
        "It's been I'll?",
        "It has been I will?",
    ),
    (
        "contractions",
        "He does not go.",
        "He doesn't go.",
        {"use": True},
        "It is what it is. They let us go.",
        "It's what it is. They let us go.",
    ),
    (
        "spelling",
        "The color of the center.",
        "The colour of the centre.",
        {"variety": "British"},
        "A GRAY theater",
        "A GREY theatre",
    ),
    (
        "wording",
        "Utilize a pan.",
        "Use a pan.",
        {"words": "plain"},
        "An automobile commences [1].",
        "A car begins [1].",
    ),
    (
        "wording",
        "He bought it.",
        "He purchased it.",
        {"words": "formal"},
        "Big kids begin.",
        "Large children commence.",
    ),
    (
        "hedging",
        "It probably sank.",
        "It sank.",
        {"use": False},
        "Perhaps it is, possibly, red. I think that it is.",
        "It is red. It is.",
    ),
    ("connectives", "However, it sank.", "It sank.", {"use": False}, "Moreover, it is red.", "It is red."),
    ("emoji", "It sank. 🎉", "It sank.", {"use": False, "sign": "", "place": "anywhere"}, "A 🙂 b. 🎉🎉", "A b."),
    ("emoji", D, f"{D} 🚢", {"use": True, "sign": "🚢", "place": "end"}, f"{OTHER}\n\nCheers", f"{OTHER} 🚢\n\nCheers"),
    ("exclamations", "It sank! No!", "It sank. No.", {"use": False}, "Wow!! A != b.", "Wow. A != b."),
    ("emphasis", "**It** sank.", "It sank.", {"use": False}, "A **b c** `**d**`", "A b c `**d**`"),
    ("casing", D, D.lower(), {"letters": "small"}, "See https://A.org/B, OK [1].", "see https://A.org/B, ok [1]."),
    (
        "paragraphs",
        D,
        D.replace(". ", ".\n").replace("]. ", "].\n"),
        {"sentences": "a line each"},
        "A b. C d.\n\nE f.",
        "A b.\nC d.\nE f.",
    ),
    ("headings", D, f"## In short\n\n{D}", {"use": True, "text": "## In short"}, OTHER, f"## In short\n\n{OTHER}"),
    ("headings", f"# The ship\n\n{D}", D, {"use": False, "text": ""}, "## A\n\nB c.\n\n## D\n\nE.", "B c.\n\nE."),
    (
        "announcements",
        f"Here is the answer: {D}",
        D,
        {"use": False},
        "Sure! It is important to note that it sank.",
        "It sank.",
    ),
    (
        "examples",
        "It is. For example, a car.",
        "It is.",
        {"use": False},
        "It is (e.g. red). E.g. cars. E.g. c [1].",
        "It is. E.g. c [1].",
    ),
    (
        "sentence length",
        "The big ship sank fast; the old crew was saved there.",
        "The ship sank. The crew was saved.",
        {"sentences": "short"},
        "It was so red; he was not old.",
        "It was so red. He was not old.",
    ),
)


@pytest.mark.parametrize(("name", "draft", "edited", "says", "other", "becomes"), LEARNED)
def test_an_edit_is_read_and_done_to_another_text(
    name: str, draft: str, edited: str, says: dict[str, object], other: str, becomes: str
) -> None:
    assert wanted(draft, edited)[name] == says
    assert dimensions.restore({"kind": "dimension", "dimension": name, **says}).apply(other) == becomes
