"""The styles a person may ask for, each a program that writes cited sentences that way. No model."""

import random
from collections.abc import Callable, Mapping, Sequence

from training.styles_wishes import WISHES
from training.styles_words import contracted, cut_short, expanded, lowered, parted, simple

Write = Callable[[Sequence[str], random.Random], str | None]  # cited sentences -> answer; None where it does not fit

_CASUAL = ("So, ", "Okay, so ", "Sure! ", "Basically, ", "Well, ", "Yep, ")
_GREETINGS = ("Hello!", "Hi there!", "Hi!", "Hello, and thank you for asking.", "Good day!")
_CLOSINGS = (
    "I hope this helps!",
    "Hope that helps.",
    "Let me know if you need more.",
    "Kind regards, Attune",
    "Best wishes!",
)
_FORMAL_CLOSINGS = ("Yours sincerely, Attune", "Kind regards, Attune", "Please let me know if you require more.")


def _joined(lines: Sequence[str], _: random.Random) -> str:
    return " ".join(lines)


def _first(count: int) -> Write:
    return lambda lines, _: " ".join(lines[:count]) if len(lines) >= count else None


def _bullets(lines: Sequence[str], _: random.Random) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _steps(lines: Sequence[str], _: random.Random) -> str | None:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)) if len(lines) > 1 else None


def _lines(lines: Sequence[str], _: random.Random) -> str | None:
    return "\n".join(lines) if len(lines) > 1 else None


def _paragraphs(lines: Sequence[str], _: random.Random) -> str | None:
    return "\n\n".join(lines) if len(lines) > 1 else None


def _headed(lines: Sequence[str], _: random.Random) -> str | None:
    return "\n".join([f"In short: {lines[0]}", "", *(f"- {line}" for line in lines[1:])]) if len(lines) > 1 else None


def _greeted(lines: Sequence[str], rng: random.Random) -> str:
    return f"{rng.choice(_GREETINGS)} {' '.join(lines[:3])}"


def _closed(lines: Sequence[str], rng: random.Random) -> str:
    return f"{' '.join(lines[:3])} {rng.choice(_CLOSINGS)}"


def _letter(lines: Sequence[str], rng: random.Random) -> str:
    return f"Dear reader,\n\n{' '.join(map(expanded, lines[:3]))}\n\n{rng.choice(_FORMAL_CLOSINGS)}"


def _friendly(lines: Sequence[str], rng: random.Random) -> str:
    return f"{rng.choice(('Hi!', 'Hi there!', 'Hello!'))} {' '.join(lines[:2])} {rng.choice(_CLOSINGS[:3])}"


def _informal(lines: Sequence[str], rng: random.Random) -> str:
    return rng.choice(_CASUAL) + lowered(" ".join(map(contracted, lines[:2])))


def _formal(lines: Sequence[str], _: random.Random) -> str:
    return " ".join(expanded(line).replace("!", ".") for line in lines[:2])


def _uncontracted(lines: Sequence[str], _: random.Random) -> str | None:
    text = " ".join(lines[:3])
    return expanded(text) if expanded(text) != text else None


def _contracted(lines: Sequence[str], _: random.Random) -> str | None:
    text = " ".join(lines[:3])
    return contracted(text) if contracted(text) != text else None


def _simple(lines: Sequence[str], _: random.Random) -> str | None:
    text = " ".join(lines[:2])
    return simple(text) if simple(text) != text else None


def _short_sentences(lines: Sequence[str], _: random.Random) -> str | None:
    parts = [part for line in lines[:3] for part in cut_short(line)]
    return " ".join(parts) if len(parts) > len(lines[:3]) or all(len(part.split()) <= 14 for part in parts) else None


def _told(opening: str) -> Write:
    return lambda lines, _: f"{opening} {lowered(lines[0])}" + "".join(f" {line}" for line in lines[1:2])


def _asked_back(lines: Sequence[str], rng: random.Random) -> str:
    return f"{' '.join(lines[:2])} {rng.choice(('Would you like to know more?', 'Shall I look for more about this?'))}"


def _bold(lines: Sequence[str], _: random.Random) -> str:
    said, markers = parted(lines[0])
    return f"**{said.rstrip('.')}**{markers}." + "".join(f" {line}" for line in lines[1:2])


def _excited(lines: Sequence[str], rng: random.Random) -> str:
    return (
        f"{rng.choice(('Great question!', 'Good news!', 'How nice that you ask!'))} {' '.join(lines[:2]).rstrip('.')}!"
    )


def _smiling(lines: Sequence[str], rng: random.Random) -> str:
    return f"{' '.join(lines[:2])} {rng.choice('🙂😊👍📚✨')}"


def _questions(lines: Sequence[str], _: random.Random) -> str:
    return f"Q: {{question}}\nA: {' '.join(lines[:2])}"


STYLES: Mapping[str, Write] = {
    "bullets": _bullets,
    "steps": _steps,
    "one sentence": _first(1),
    "two sentences": _first(2),
    "three sentences": _first(3),
    "detail": _joined,
    "lines": _lines,
    "paragraphs": _paragraphs,
    "summary first": _headed,
    "greeting": _greeted,
    "closing": _closed,
    "friendly": _friendly,
    "letter": _letter,
    "informal": _informal,
    "formal": _formal,
    "no contractions": _uncontracted,
    "contractions": _contracted,
    "simple": _simple,
    "short sentences": _short_sentences,
    "first person": _told("I read that"),
    "second person": _told("You should know that"),
    "we": _told("We can see that"),
    "impersonal": _told("It is stated that"),
    "question back": _asked_back,
    "bold": _bold,
    "enthusiastic": _excited,
    "emoji": _smiling,
    "question and answer": _questions,
}
# Wishes that can be fulfilled together: the first writes the lines, the second what stands around them.
TOGETHER = (
    ("bullets", "greeting"),
    ("bullets", "closing"),
    ("bullets", "no contractions"),
    ("bullets", "simple"),
    ("bullets", "question back"),
    ("steps", "greeting"),
    ("steps", "closing"),
    ("one sentence", "emoji"),
    ("two sentences", "friendly"),
    ("short sentences", "greeting"),
)


def worded(rng: random.Random, *names: str) -> str:
    """A wish for these styles as a person or a learned preference may put it."""
    wishes = [rng.choice(WISHES[name]) for name in names]
    if len(wishes) == 1:
        return wishes[0]
    return rng.choice(("; ", ", ", " and ")).join(wish.rstrip(".") for wish in wishes)
