"""Standing rules about sources in a person's words ("only use the 2024 manuals") as a test of documents. Pure.

What is read is what must stand in a document's name or title, its year, or its type. A sentence that is not plainly
about documents ("only use bullet points") is no rule.
"""

import re
from dataclasses import dataclass

_LONGEST = 200  # letters
_POLITE = (
    r"^(?:please[,:]? |always |from now on[,:]? |for (?:your|all|my) (?:answers|questions)[,:]? |in future[,:]? )*"
)
_DO = r"(?:use|search|read|consult|trust|cite|quote|consider|rely on|answer from|look (?:in|at|into)|search in|take)"
_ONLY = (
    rf"(?:only|exclusively) {_DO} (?:from )?(?P<what>.+)",
    rf"(?:{_DO}|answer(?: my questions| me| questions)?|look|search) (?:only|exclusively|nothing but) "
    r"(?:from |in |within |with |on |at )?(?P<what>.+)",
    rf"{_DO} (?:nothing|no (?:documents?|files?|sources?)) (?:but|except|other than) (?P<what>.+)",
    r"(?:stick|keep|restrict yourself|limit yourself|restrict (?:the )?search(?:es)?|limit (?:the )?search(?:es)?) to "
    r"(?P<what>.+)",
    r"(?:only|just) (?P<what>(?:the |my |our )?.+)",
)
_NEVER = (
    rf"(?:never|do not|don't|stop) (?:ever )?(?:{_DO}|using|citing|quoting|answering from|searching|reading) "
    r"(?:from |in )?(?P<what>.+)",
    r"(?:ignore|exclude|leave out|skip|avoid|disregard|nothing from) (?P<what>.+)",
    rf"{_DO} everything (?:but|except) (?P<what>.+)",
)
_TYPES = {
    "pdf": (r"pdfs?", (".pdf",), "pdf"),
    "word": (r"word (?:documents?|files?)|docx?s?", (".docx", ".doc", ".odt"), "wordprocessing"),
    "sheet": (r"spreadsheets?|excel(?: (?:files?|sheets?))?|xlsx|csvs?", (".xlsx", ".xls", ".ods", ".csv"), "sheet"),
    "slides": (r"slides?|presentations?|powerpoints?", (".pptx", ".ppt", ".odp"), "presentation"),
    "mail": (r"e-?mails?", (".eml", ".msg"), "message/"),
    "page": (r"web ?pages?|html(?: (?:files?|pages?))?", (".html", ".htm"), "html"),
    "text": (r"(?:plain )?text files?|txts?", (".txt",), "text/plain"),
    "markdown": (r"markdown(?: files?)?", (".md",), "markdown"),
}
# What shows that documents are meant; most of these must then stand in the name or title as well.
_NOUN = re.compile(
    r"\b(?:manuals?|handbooks?|guides?|guidelines?|wikis?|exports?|reports?|papers?|articles?|books?|notes|minutes|folders?"
    r"|polic(?:y|ies)|contracts?|invoices?|letters?|brochures?|leaflets?|datasheets?|specifications?|specs?|standards?"
    r"|protocols?|archives?|editions?|documents?|files?|docs?|uploads?|regulations?|statutes?|price lists?|scans?"
    r"|drafts?|catalogu?es?|newsletters?|transcripts?)\b|\.\w{2,5}\b",
    re.IGNORECASE,
)
_ANY_DOCUMENT = "document documents file files doc docs upload uploads one ones version versions"
_EMPTY_WORDS = f"""{_ANY_DOCUMENT} the a an my our your this that these those from of in on for by with about all any
please answer answers answering question questions called named dated year years and or to as source sources me i we"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WORD = re.compile(r"[^\W_]+")
_QUALIFIED = re.compile(
    r"\b(?:unless|except|other than|if|before|after|since|until|older|newer|latest|newest"
    r"|in|at|with|like|style|than)\b"
)


@dataclass(frozen=True)
class Kind:
    """One kind of documents that a rule names: all of `words`, one of `years`, one of `types`, where there are any."""

    words: frozenset[str]
    years: frozenset[str]
    types: frozenset[str]

    def fits(self, name: str, title: str, media_type: str) -> bool:
        said = {_stem(word) for word in _WORD.findall(f"{name} {title}".lower())}
        years = set(_YEAR.findall(f"{name} {title}"))
        of_type = any(
            name.lower().endswith(_TYPES[one][1]) or _TYPES[one][2] in media_type.lower() for one in self.types
        )
        return self.words <= said and (not self.years or bool(self.years & years)) and (not self.types or of_type)


@dataclass(frozen=True)
class StandingRule:
    """Which documents answers may come from: `only` those of the kinds named, or all but those."""

    only: bool
    kinds: tuple[Kind, ...]

    def allows(self, name: str, title: str, media_type: str) -> bool:
        return self.only == any(kind.fits(name, title, media_type) for kind in self.kinds)

    def lifted_by(self, question: str) -> bool:
        """Whether a question asks for just what the rule keeps out: what is asked now comes before what was said once.

        Only of names: "What does the wiki export say?" lifts "never use the wiki export"."""
        said = {_stem(word) for word in _WORD.findall(question.lower())}
        named = [kind.words | kind.years for kind in self.kinds]
        return not self.only and any(words and words <= said for words in named)


def read_rule(statement: str) -> StandingRule | None:
    """The rule that a sentence states; None where it states none."""
    said = " ".join(statement.replace("’", "'").split()).rstrip(".! ")
    if len(said) > _LONGEST or "?" in said:
        return None
    for only, patterns in ((True, _ONLY), (False, _NEVER)):
        for pattern in patterns:
            found = re.search(f"{_POLITE}{pattern}$", said, re.IGNORECASE)
            if found and (kinds := _kinds(found["what"])):
                return StandingRule(only, kinds)
    return None


def _kinds(what: str) -> tuple[Kind, ...]:
    """What "the 2023 and 2024 manuals or PDFs" names; nothing where it is not about documents, or says more."""
    years = frozenset(_YEAR.findall(what))
    typed = any(re.search(rf"\b(?:{pattern})\b", what, re.IGNORECASE) for pattern, _, _ in _TYPES.values())
    if _QUALIFIED.search(what.lower()) or not (years or typed or _NOUN.search(what)):
        return ()
    found = [_kind(part) for part in re.split(r",| and | or ", what, flags=re.IGNORECASE)]
    named = [kind for kind in found if kind.words or kind.types]
    if not named:
        return (Kind(frozenset(), years, frozenset()),) if years else ()
    # "the 2023 and 2024 manuals": a part that is a year alone belongs to the others.
    alone = frozenset[str]().union(*(kind.years for kind in found if not kind.words and not kind.types))
    return tuple(Kind(kind.words, kind.years | alone, kind.types) for kind in named)


def _kind(part: str) -> Kind:
    types = set()
    for name, (pattern, _, _) in _TYPES.items():
        part, times = re.subn(rf"(?<!\.)\b(?:{pattern})\b", " ", part, flags=re.IGNORECASE)
        types |= {name} if times else set()
    words = (word for word in _WORD.findall(part.lower()) if word not in _EMPTY)
    plain = frozenset(_stem(word) for word in words if not _YEAR.fullmatch(word))
    return Kind(plain, frozenset(_YEAR.findall(part)), frozenset(types))


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word
