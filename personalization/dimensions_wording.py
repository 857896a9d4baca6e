"""The dimensions of single words and signs; they know nothing of layout."""

import re
from collections.abc import Callable, Iterable, Mapping

from personalization.dimension import Dimension, Settings, on_or_off
from personalization.framing import framed
from personalization.lexicon import BRITISH, CONTRACTIONS, FORMAL, PLAIN_SAFE
from personalization.prose import EMOJI, Hidden, all_sentences, each_sentence, lines, outside, words

_EXPANDED = {**CONTRACTIONS, **{short.replace("'", "’"): full for short, full in CONTRACTIONS.items()}}
# "They let us go" is not "they let's go", and "I have a car" not "I've a car".
_CONTRACTED = {full: short for short, full in CONTRACTIONS.items() if not full.endswith(("us", "have"))}
_PERFECT = re.compile(r"\b(\w+)['’]s(?= (?:been|got|become|had)\b)")
_AMERICAN = {british: american for american, british in BRITISH.items()}
_EXCLAMATION = re.compile(r"(?<![?!])!+(?=[\"'”’)*_]*(?:\s|\[|$))")
_FULL_STOP = re.compile(r"(?<![.\d])\.(?=[\"'”’)*_]*(?:\s*\[\d+\])*\s*$)")


def replacing(pairs: Mapping[str, str], following: str = "") -> Callable[[str], str]:
    """Replaces the words of `pairs` outside code, addresses and quotations, keeps capitals and adapts the article.

    `following` is a pattern of what must follow them."""
    listed = "|".join(map(re.escape, sorted(pairs, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w'’-])(?:(an?)(\s+))?({listed})(?![\w'’-]){following}", re.IGNORECASE)

    def swap(found: re.Match[str]) -> str:
        partner = _alike(found[3], pairs)
        if not found[1]:
            return partner
        article = found[1][0] + "n" * (partner[0].lower() in "aeiou")
        return article + found[2] + partner

    return lambda text: outside(text, lambda shown: pattern.sub(swap, shown))


def _alike(word: str, pairs: Mapping[str, str]) -> str:
    """The partner of a word, with its capitals."""
    partner = pairs[word.lower()]
    if word.isupper() and len(word) > 1:
        return partner.upper()
    return partner[0].upper() + partner[1:] if word[0].isupper() else partner


def _spoken(text: str) -> str:
    """The words of a text, quotations apart, in small letters and with blanks around each."""
    return f" {' '.join(words(Hidden.of(text).text)).lower()} ".replace("’", "'")


def _count(text: str, listed: Iterable[str]) -> int:
    """How often words or phrases of a list stand in the text."""
    spoken = _spoken(text)
    return sum(spoken.count(f" {word} ") for word in listed)


_contracted = replacing(_CONTRACTED, r"(?=\s+\w)")
_expanded = replacing(_EXPANDED)


def _contract(text: str, wish: Settings) -> str:
    if wish["use"]:
        return _contracted(text)
    return _expanded(outside(text, lambda shown: _PERFECT.sub(r"\1 has", shown)))


def _contractions_wanted(draft: str, edited: str) -> Settings | None:
    fewer = _count(draft, CONTRACTIONS) - _count(edited, CONTRACTIONS)
    expanded = _count(edited, _CONTRACTED) - _count(draft, _CONTRACTED)
    # a contraction that went with its sentence says nothing
    if fewer > 0 and expanded > 0:
        return {"use": False}
    return {"use": True} if fewer < 0 and expanded < 0 else None


CONTRACTION = Dimension(
    name="contractions",
    values={"use": (True, False)},
    measure=lambda text: _count(text, CONTRACTIONS),
    wanted=_contractions_wanted,
    describe=lambda wish: "Use contractions." if wish["use"] else "Do not use contractions.",
    act=_contract,
)


def _spelling_wanted(draft: str, edited: str) -> Settings | None:
    moved = {
        variety: _count(edited, there) - _count(draft, there) - _count(edited, away) + _count(draft, away)
        for variety, there, away in (("British", _AMERICAN, BRITISH), ("American", BRITISH, _AMERICAN))
    }
    return next(({"variety": variety} for variety, gain in moved.items() if gain >= 2), None)


_VARIETIES = {"British": replacing(BRITISH), "American": replacing(_AMERICAN)}
SPELLING = Dimension(
    name="spelling",
    values={"variety": tuple(_VARIETIES)},
    measure=lambda text: _count(text, _AMERICAN) - _count(text, BRITISH),
    wanted=_spelling_wanted,
    describe=lambda wish: f"Use {wish['variety']} spelling.",
    act=lambda text, wish: _VARIETIES[wish["variety"]](text),
)

_STYLES = {"plain": PLAIN_SAFE, "formal": FORMAL}


def _wording_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _spoken(draft), _spoken(edited)

    def gained(word: str) -> int:
        return after.count(f" {word} ") - before.count(f" {word} ")

    for style, pairs in _STYLES.items():
        if any(gained(old) < 0 < gained(new) for old, new in pairs.items()):
            return {"words": style}
    return None


_WORDED = {style: replacing(pairs) for style, pairs in _STYLES.items()}


WORDING = Dimension(
    name="wording",
    values={"words": tuple(_STYLES)},
    measure=lambda text: _count(text, PLAIN_SAFE) - _count(text, FORMAL),
    wanted=_wording_wanted,
    describe=lambda wish: f"Use {wish['words']} words.",
    act=lambda text, wish: _WORDED[wish["words"]](text),
    honours=lambda _: False,
)


def _exclaimed(text: str) -> float:
    said = all_sentences(framed(text).body)
    return sum(bool(_EXCLAMATION.search(one)) for one in said) / len(said) if said else 0.0


def _exclaim(text: str, wish: Settings) -> str:
    if not wish["use"]:
        return outside(text, lambda shown: _EXCLAMATION.sub(".", shown))
    parts = framed(text)
    return parts.around(outside(parts.body, lambda body: each_sentence(body, lambda one: _FULL_STOP.sub("!", one))))


EXCLAMATION = Dimension(
    name="exclamations",
    values={"use": (True, False)},
    measure=_exclaimed,
    wanted=on_or_off(_exclaimed, 0.5),
    describe=lambda wish: "Write with exclamation marks." if wish["use"] else "Do not use exclamation marks.",
    act=_exclaim,
)


def _emoji_wanted(draft: str, edited: str) -> Settings | None:
    before, after = EMOJI.findall(draft), EMOJI.findall(edited)
    if before and not after:
        return {"use": False, "sign": "", "place": "anywhere"}
    if before or not after:
        return None
    if EMOJI.match(edited.lstrip()):
        return {"use": True, "sign": after[0], "place": "start"}
    ends = edited.rstrip().endswith(after[-1]) or framed(edited).body.rstrip().endswith(after[-1])
    return {"use": True, "sign": after[-1], "place": "end" if ends else "anywhere"}


def _without_emoji(shown: str) -> str:
    """Of the blanks on both sides one stays."""
    first, *rest = EMOJI.split(shown)
    done = [first]
    for part in rest:
        before, after = done[-1].rstrip(" \t"), part.lstrip(" \t")
        apart = len(before) < len(done[-1]) and len(after) < len(part)
        done[-1] = before
        done.append(" " * (apart and bool(after)) + after)
    return "".join(done)


def _decorate(text: str, wish: Settings) -> str:
    if not wish["use"]:
        return outside(text, _without_emoji)
    body = framed(text).body
    if wish["place"] == "anywhere" or EMOJI.search(text) or not body.strip():
        return text
    said = [line.kind for line in lines(Hidden.of(body).text) if line.kind != "blank"]
    if said[0 if wish["place"] == "start" else -1] in ("block", "heading"):
        return text
    if wish["place"] == "start":
        return f"{wish['sign']} {text.lstrip()}"
    parts = framed(text)
    kept = body.rstrip()
    return parts.around(f"{kept} {wish['sign']}{body[len(kept) :]}")


EMOJIS = Dimension(
    name="emoji",
    values={"use": (True, False), "sign": str, "place": ("start", "end", "anywhere")},
    measure=lambda text: len(EMOJI.findall(text)),
    wanted=_emoji_wanted,
    describe=lambda wish: f"Use emoji such as {wish['sign']}." if wish["use"] else "Do not use emoji.",
    act=_decorate,
    honours=lambda wish: not wish["use"] or wish["place"] != "anywhere",
)
