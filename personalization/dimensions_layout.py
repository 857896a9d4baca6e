"""The dimensions of lines: lists, paragraphs, emphasis, capitals; they know no words."""

import re
from collections.abc import Iterator

from personalization.dimension import Dimension, Phase, Settings, on_or_off
from personalization.framing import framed
from personalization.prose import Hidden, Line, all_sentences, lines, outside, sentences

_SIGNS = ("-", "*", "•", "–", "·", "+", "1.", "1)", "")
_DIGITS = re.compile(r"\d+")


def _items(text: str) -> list[Line]:
    return [line for line in lines(Hidden.of(text).text) if line.kind == "item"]


def _listed(text: str) -> float:
    said = [line for line in lines(Hidden.of(framed(text).body).text) if line.kind in ("prose", "item")]
    return sum(line.kind == "item" for line in said) / len(said) if said else 0.0


def _sign(text: str) -> str:
    """The sign that most items of a list have."""
    found = [_DIGITS.sub("1", line.lead.strip()) for line in _items(text)]
    return max(dict.fromkeys(found), key=found.count, default="")


def _lists_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _listed(draft), _listed(edited)
    sign = _sign(edited)
    if after - before >= 0.4 or (after >= 0.4 and sign != _sign(draft)):
        return {"sign": sign} if sign in _SIGNS else None
    return {"sign": ""} if before >= 0.4 and not after else None


def _arrange(text: str, wish: Settings) -> str:
    parts = framed(text)
    if wish["sign"] == "":
        return parts.around(outside(parts.body, _unlisted))
    return parts.apart(outside(parts.body, lambda body: _itemised(body, wish["sign"])))


def _itemised(body: str, sign: str) -> str:
    """Every sentence an item; a line that announces what follows stays, and a single sentence is no list."""
    said = list(_without_gaps(lines(body)))
    if sum(len(sentences(line.body)) for line in said if line.kind in ("prose", "item")) < 2:
        return body
    done, number = [], 0
    for line in said:
        if line.kind == "item":
            number += 1
            done.append(line.lead[: -len(line.lead.lstrip())] + _numbered(sign, number) + line.body)
        elif line.kind == "prose":
            for one in sentences(line.body):
                number += not one.endswith(":")
                done.append(one if one.endswith(":") else _numbered(sign, number) + one)
        else:
            number = number if line.kind == "blank" else 0
            done.append(line.text)
    return "\n".join(done)


def _numbered(sign: str, number: int) -> str:
    return sign.replace("1", str(number)) + " "


def _without_gaps(said: list[Line]) -> Iterator[Line]:
    """The lines without the empty ones between what will be items; those around a list stay."""
    gap: list[Line] = []
    listed = False
    for line in said:
        if line.kind == "blank":
            gap.append(line)
            continue
        will_be = line.kind in ("prose", "item")
        yield from gap if not (listed and will_be) else []
        yield line
        gap, listed = [], will_be
    yield from gap


def _unlisted(body: str) -> str:
    """Every list a paragraph."""
    done: list[str] = []
    previous = ""
    for line in lines(body):
        if line.kind != "item":
            done.append(line.text)
        elif previous == "item":
            done[-1] += " " + _stopped(line.body)
        else:
            done.append(_stopped(line.body))
        previous = line.kind
    return "\n".join(done)


def _stopped(item: str) -> str:
    item = item.strip()
    return item if re.search(r"[.!?:;,…\])\"”\ue000-\uf7ff]$", item) else item + "."


def _describe_lists(wish: Settings) -> str:
    if not wish["sign"]:
        return "Write paragraphs, no lists."
    numbered = "1" in wish["sign"]
    return "Write numbered steps." if numbered else f"Write bullet points with “{wish['sign']}”."


LISTS = Dimension(
    name="lists",
    values={"sign": _SIGNS},
    measure=_listed,
    wanted=_lists_wanted,
    describe=_describe_lists,
    act=_arrange,
    phase=Phase.LINES,
)

_BREAKS = {"one paragraph": " ", "a line each": "\n", "a paragraph each": "\n\n"}


def _paragraphs(text: str) -> int:
    return len([part for part in re.split(r"\n[ \t]*\n", framed(text).body) if part.strip()])


def _form(text: str) -> str | None:
    """How the sentences of a text without lists are set, None if mixed."""
    body = Hidden.of(framed(text).body).text.strip()
    said = [line for line in lines(body) if line.kind != "blank"]
    count = sum(len(sentences(line.body)) for line in said)
    if count < 2 or any(line.kind != "prose" for line in said):
        return None
    if len(said) == 1:
        return "one paragraph"
    if len(said) < count:
        return None
    return "a paragraph each" if re.search(r"\n[ \t]*\n", body) else "a line each"


def _paragraphs_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _form(draft), _form(edited)
    joined = after == "one paragraph" and len(all_sentences(edited)) < 2
    return {"sentences": after} if after and after != before and not joined and not _items(draft) else None


def _broken(body: str, gap: str) -> str:
    """Runs of prose with their sentences set anew; lists, headings and code stay."""
    done: list[str] = []
    run: list[str] = []
    for line in [*lines(body), None]:
        if line is not None and line.kind in ("prose", "blank"):
            run.append(line.text)
            continue
        said = [one for text in run for one in sentences(text)]
        lead = [""] * bool(run and not run[0].strip() and done)
        tail = [""] * bool(run and not run[-1].strip() and said and line is not None)
        done += [*lead, gap.join(said), *tail] if said else run
        run = []
        done += [line.text] if line is not None else []
    return "\n".join(done)


def _reset(text: str, wish: Settings) -> str:
    parts = framed(text)
    end = parts.body[len(parts.body.rstrip()) :]
    return parts.apart(outside(parts.body.rstrip(), lambda body: _broken(body, _BREAKS[wish["sentences"]])) + end)


PARAGRAPHS = Dimension(
    name="paragraphs",
    values={"sentences": tuple(_BREAKS)},
    measure=_paragraphs,
    wanted=_paragraphs_wanted,
    describe=lambda wish: f"Set the sentences in {wish['sentences']}.",
    act=_reset,
    phase=Phase.LINES,
)

_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")


def _bold(text: str) -> float:
    return len(_BOLD.findall(Hidden.of(text).text))


EMPHASIS = Dimension(
    name="emphasis",
    values={"use": (True, False)},
    measure=_bold,
    wanted=on_or_off(_bold, 1),
    describe=lambda wish: "Set the key terms in bold." if wish["use"] else "Do not set words in bold.",
    act=lambda text, wish: text if wish["use"] else outside(text, lambda shown: _BOLD.sub(r"\1", shown)),
    honours=lambda wish: not wish["use"],
)


def _capitals(text: str) -> float:
    letters = [sign for sign in Hidden.of(text).text if sign.isalpha() and sign.lower() != sign.upper()]
    return sum(sign.isupper() for sign in letters) / len(letters) if letters else 0.0


def _casing_wanted(draft: str, edited: str) -> Settings | None:
    before, after = _capitals(draft), _capitals(edited)
    if 0 < before < 0.5 and (after == 0 or after > 0.9):
        return {"letters": "capital" if after else "small"} if any(map(str.isalpha, edited)) else None
    return None


CASING = Dimension(
    name="casing",
    values={"letters": ("small", "capital")},
    measure=_capitals,
    wanted=_casing_wanted,
    describe=lambda wish: f"Write everything in {wish['letters']} letters.",
    act=lambda text, wish: outside(text, str.lower if wish["letters"] == "small" else str.upper),
)
