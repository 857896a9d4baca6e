"""When two questions are the same, and when they are nearly the same. Pure; knows no table.

There are two measures, because two things hang on them. A label of a passage is kept for whoever asks the same
(`question_key`): the annotation queue, the recipes and looking back all go by that one key, so that what the queue
takes for done is what the labels are used for. It must not be too wide: "When was she born?" and "Where was she born?"
need other passages. What a person means by asking once more (`is_reasked`) is a matter of likeness, and no key can say
it: a is like b and b like c without a being like c. It acts for that person alone, and may be wider.
"""

from retrieval.words import content_stems, words

ALIKE = 0.8  # shared words of two questions, of all their words, from which on the second is the first once more
# What a question asks for, and what turns it round. They carry no topic, so `content_stems` leaves them out.
_ASKS = frozenset({"when", "where", "who", "whom", "whose", "why", "how"})
_DENIES = frozenset({"not", "no", "nor", "never", "without"})


def question_key(question: str) -> str:
    """One key for a question however it is capitalised, spaced and punctuated."""
    return " ".join(words(question)) or question.strip()


def is_reasked(before: str, question: str) -> bool:
    """Whether two questions are nearly the same words, in whatever order, and ask for the same of them."""
    old, new = set(content_stems(before)), set(content_stems(question))
    if not old | new or len(old & new) / len(old | new) < ALIKE:
        return False
    said, says = set(words(before)), set(words(question))
    asks_otherwise = bool(_ASKS & said and _ASKS & says) and _ASKS & said != _ASKS & says
    return not asks_otherwise and _DENIES & said == _DENIES & says
