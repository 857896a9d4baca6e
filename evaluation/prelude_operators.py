"""The registry of text operators of which hidden styles are composed, and the check of their parameters.

An operator is a pure function from a text to the smallest span edits that satisfy it; none means satisfied.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from evaluation import prelude_operators_figures as figures
from evaluation import prelude_operators_frame as frame
from evaluation import prelude_operators_layout as layout
from evaluation import prelude_operators_sentences as sentences
from evaluation import prelude_operators_words as wording
from evaluation.errors import DataError
from evaluation.prelude_text import Span, SpanEdit

Find = Callable[..., Iterable[SpanEdit]]

# What a person may want that a basis of measured dimensions (length, bullets, steps, headings, formality, person,
# tense, hedging, examples, definitions, citations, emoji, language, reading level, greeting, closing) can express ...
CANONICAL: dict[str, Find] = {
    "bullets": layout.bullets,
    "cite_every_sentence": sentences.cite_every_sentence,
    "contractions": partial(wording.replaced, table="contractions"),
    "emoji_per_sentence": sentences.emoji_per_sentence,
    "example": frame.example,
    "first_person_plural": partial(wording.replaced, table="first_person_plural"),
    "formal_words": partial(wording.replaced, table="formal_words"),
    "greeting": frame.greeting,
    "heading": frame.heading,
    "hedge_sentences": sentences.hedge_sentences,
    "max_sentences": sentences.max_sentences,
    "max_words": sentences.max_words,
    "max_words_a_sentence": sentences.max_words_a_sentence,
    "no_contractions": partial(wording.replaced, table="no_contractions"),
    "no_hedges": wording.no_hedges,
    "numbered": layout.numbered,
    "plain_words": partial(wording.replaced, table="plain_words"),
    "present_tense": partial(wording.replaced, table="present_tense"),
    "second_person": partial(wording.replaced, table="second_person"),
    "sign_off": frame.sign_off,
}
# ... and what it cannot.
OTHER: dict[str, Find] = {
    "abbreviations_expanded": partial(wording.replaced, table="abbreviations_expanded"),
    "active_voice": partial(wording.replaced, table="active_voice"),
    "address_reader": frame.opening,
    "american_spelling": partial(wording.replaced, table="american_spelling"),
    "analogy": frame.mention,
    "bold_first_word": layout.bold_first_word,
    "british_spelling": partial(wording.replaced, table="british_spelling"),
    "call_to_action": frame.closing,
    "capital_emphasis": wording.capital_emphasis,
    "checkboxes": layout.checkboxes,
    "citations_last": sentences.citations_last,
    "cliffhanger": frame.cliffhanger,
    "clock_24h": figures.clock_24h,
    "digits": figures.digits,
    "disclaimer": partial(frame.closing, own_line=True),
    "exclamation": figures.exclamation,
    "figures_first": sentences.figures_first,
    "gender_neutral": partial(wording.replaced, table="gender_neutral"),
    "hashtags": frame.hashtags,
    "headline": frame.headline,
    "iso_dates": figures.iso_dates,
    "metric_units": figures.metric_units,
    "moral": frame.closing,
    "no_adjectives": wording.no_adjectives,
    "no_connectives": wording.no_connectives,
    "no_dashes": figures.no_dashes,
    "no_exclamation": figures.no_exclamation,
    "no_parentheses": figures.no_parentheses,
    "no_semicolons": figures.no_semicolons,
    "one_sentence_per_line": layout.one_sentence_per_line,
    "oxford_comma": figures.oxford_comma,
    "paragraphs": layout.paragraphs,
    "percent_words": figures.percent_words,
    "playful_words": partial(wording.replaced, table="playful_words"),
    "post_scriptum": frame.post_scriptum,
    "pros_and_cons": frame.pros_and_cons,
    "question_answer": layout.question_answer,
    "question_closing": frame.question_closing,
    "question_opening": frame.question_opening,
    "reading_time": partial(frame.opening, own_line=True),
    "short_lines": layout.short_lines,
    "signposts": sentences.signposts,
    "speakers": layout.speakers,
    "spelled_currency": figures.spelled_currency,
    "spelled_numbers": figures.spelled_numbers,
    "story_opening": frame.opening,
    "thanks": frame.closing,
    "title_case_headings": layout.title_case_headings,
    "tldr_first": frame.tldr_first,
}
OPERATORS: Mapping[str, Find] = CANONICAL | OTHER
_PHRASES = {"phrase", "question", "title", "hedge"}


@dataclass(frozen=True)
class Operator:
    """One demand of a style, its parameters fixed."""

    name: str
    find: Find

    def apply(self, text: str) -> tuple[SpanEdit, ...]:
        """The smallest span edits that satisfy it; none if it is satisfied."""
        return tuple(self.find(text))

    def violations(self, text: str) -> tuple[Span, ...]:
        """Where the text does not satisfy it."""
        return tuple(Span(edit.start, edit.end) for edit in self.apply(text))


def make_operator(name: str, parameters: Mapping[str, Any]) -> Operator:
    """The operator of this name. Raises DataError where name or parameters are none of its own."""
    if name not in OPERATORS:
        raise DataError(f"operator {name!r} is unknown: use one of {', '.join(sorted(OPERATORS))}")
    find = OPERATORS[name]
    try:
        inspect.signature(find).bind("", **parameters)
    except TypeError as error:
        raise DataError(f"operator {name!r} with {dict(parameters)}: {error}") from None
    for key, value in parameters.items():
        _check(name, key, value)
    return Operator(name, partial(find, **parameters))


def _check(name: str, key: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | list | tuple):
        raise DataError(f"operator {name!r}: {key} must be text, a whole number or a list of texts, not {value!r}")
    texts = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    if isinstance(value, int) and value < (0 if key == "keep_last" else 1):
        raise DataError(f"operator {name!r}: {key} must be at least 1, not {value}")
    if isinstance(value, list | tuple) and not texts:
        raise DataError(f"operator {name!r}: {key} is empty")
    for text in texts:
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise DataError(f"operator {name!r}: {key} must be a line of text, not {text!r}")
    if key in _PHRASES and not any(character.isalnum() for character in str(value)):
        raise DataError(f"operator {name!r}: {key} needs a word, not {value!r}")
    if key == "question" and not str(value).endswith("?"):
        raise DataError(f"operator {name!r}: {key} must end with a question mark, not {value!r}")
