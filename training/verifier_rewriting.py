"""Sentences said otherwise, or changed into something else, by rules and small tables. Knows no passage and no model.

The rules are crude and so is their English. That is bearable because the same rules make supported and unsupported
claims: what tells the two apart is the evidence.
"""

import random
import re
from collections.abc import Sequence

_SAME = """
began=started|begin=start|large=big|approximately=about|around=about|roughly=about|however=but|in order to=to
|due to=because of|located in=situated in|is located=lies|was born=came into the world|died=passed away
|received=was given|won=took|built=constructed|founded=established|created=made|several=a number of
|many=numerous|famous=well known|known as=called|also known as=also called|such as=like|in addition=besides
|although=even though|therefore=as a result|because=since|company=firm|film=movie|movie=film|author=writer
|physician=doctor|used=employed|use=employ|show=indicate|shows=indicates|showed=found|important=significant
|significant=important|increase=rise|increased=rose|decrease=decline|decreased=fell|reduced=lowered|reduce=lower
|help=assist|helps=assists|allow=enable|allows=enables|allowed=enabled|require=need|requires=needs
|required=needed|obtain=get|obtained=got|contains=includes|contain=include|consists of=is made up of
|consisted of=was made up of|about=approximately|primarily=mainly|mainly=mostly|usually=generally
|often=frequently|frequently=often|currently=at present|previously=earlier|later=afterwards
|during=in the course of|while=whereas|within=inside|children=kids|people=persons|city=town|country=nation
|area=region|region=area|area of=region of|war=conflict|leader=head|member=part|members=participants|role=part
|song=track|songs=tracks|released=issued|published=put out|directed by=made by|written by=by|played=performed
|player=athlete|football=soccer|championship=title|disease=illness|patients=people treated|treatment=therapy
|infection=disease|virus=pathogen|study=research|results=findings|suggest=imply|suggests=implies|cause=lead to
|causes=leads to|caused=led to|effective=useful|information=data|collect=gather|collected=gathered|share=pass on
|provide=give|provides=gives|provided=gave|website=site|users=visitors|user=visitor
|personal information=personal data|third parties=other companies|agreement=contract|purchase=buy
|purchased=bought|revenue=sales|income=earnings|total=overall|fiscal year=financial year|customers=clients
|change=alter|changes=alterations|changed=altered|problem=issue|problems=issues|method=way|possible=feasible
|difficult=hard|easy=simple|quickly=fast|necessary=needed|attempt=try|attempted=tried|ensure=make sure
|ensures=makes sure|recommended=advised|additional=further|various=different|different=various|entire=whole
|complete=full|end=finish|ended=finished|main=chief|part=portion|small=little|old=aged|new=recent
|buildings=structures|church=place of worship|military=armed forces|army=troops|police=officers
|university=college|school=academy|teacher=instructor|child=son or daughter|wife=spouse|husband=spouse
|father=parent|mother=parent|daughter=child|son=child|actress=performer|actor=performer|singer=vocalist
|musician=performer|lawyer=attorney|politician=public figure|per cent=%|percent=%|one=1|two=2|three=3|four=4
|five=5|six=6|seven=7|eight=8|nine=9|ten=10|twelve=12|United States=US|United Kingdom=UK|American=US
"""
_OPPOSITE = """
increase=decrease|increased=decreased|increases=decreases|increasing=decreasing|higher=lower|highest=lowest
|high=low|more=fewer|most=few|larger=smaller|largest=smallest|large=small|before=after|first=last|early=late
|earlier=later|always=never|all=some|every=no|many=few|north=south|northern=southern|east=west|eastern=western
|include=exclude|includes=excludes|including=excluding|allow=prevent|allows=prevents|allowed=forbade
|with=without|can=cannot|will=will not|may=must not|won=lost|win=lose|success=failure|successful=unsuccessful
|possible=impossible|positive=negative|better=worse|best=worst|safe=dangerous|effective=ineffective
|improved=worsened|improve=worsen|reduce=raise|reduces=raises|reduced=raised|began=ended|start=end|opened=closed
|open=closed|joined=left|supported=opposed|support=oppose|accepted=rejected|agree=disagree|male=female|men=women
|man=woman|father=mother|son=daughter|brother=sister|husband=wife|young=old|older=younger|new=old|public=private
|internal=external|strong=weak|strongly=weakly|easy=difficult|quickly=slowly|rare=common|common=rare
|similar=different|same=different|major=minor|maximum=minimum|above=below|inside=outside|left=right|rise=fall
|gain=loss|profit=loss|present=absent|true=false|only=not only|should=should not
"""
_OPENINGS = (
    "According to the passage, ", "Additionally, ", "In addition, ", "For example, ", "Overall, ", "Furthermore, ",
    "Moreover, ", "However, ", "In fact, ", "Specifically, ", "It is known that ", "The document says that ", "Also, ",
    "As a result, ", "Therefore, ", "This means that ", "It is important to note that ", "In summary, ", "Finally, ",
)  # fmt: skip
_AUXILIARIES = r"is|are|was|were|has|have|had|can|could|will|would|may|might|should|must"
_LEADING = re.compile(
    r"^((?:In|On|At|During|After|Before|Since|By|From|Under|For|With|As of) [^,]{3,60}), (.{25,}?)([.!]?)$"
)
_ADVERB = re.compile(r"^(?:However|Additionally|Also|Moreover|Furthermore|Therefore|Thus|In addition|Finally|Then), ")
_RELATIVE = re.compile(r", (?:which|who|where|whose|whom|when) [^,.;]{4,120},? ")
_APPOSITION = re.compile(r"(?<=[a-z]), (?:a|an|the) [^,.;]{4,80}, ")
_TAIL = re.compile(
    r"(?:,|;) (?:and|but|while|although|which|who|where|with|including|as well as|such as|so|or|because) "
)
_PREPOSITION = re.compile(r" (?:in|on|at|for|with|by|from|during|since|as|through|after|before|between|under|to) ")
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_PASSIVE = re.compile(
    r"^(.{3,60}?) (?:was|were) (\w+ed) by ((?:the |a |an )?[A-Z][\w' -]{2,50}?)((?: in| on| at| during|,).*)?[.]?$"
)
_PRONOUN = re.compile(
    r"^(?:He|She|It|They|This|These|The (?:company|band|film|song|album|book|group|team|city))\b(?!')"
)
NUMBER = re.compile(r"(?<![\w.,-])[$€£]?\d[\d,]*(?:\.\d+)?%?(?![\w-])")
NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+(?: (?:of |the |de |von )?[A-Z][\w'’-]+)*")


def _table(text: str) -> dict[str, str]:
    return dict(pair.strip().split("=", 1) for pair in text.replace("\n", "").split("|"))


_SAME_WORDS = _table(_SAME)
_OPPOSITE_WORDS = _table(_OPPOSITE) | {after: before for before, after in _table(_OPPOSITE).items() if " " not in after}


def _any_of(table: dict[str, str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(table, key=len, reverse=True)))})\b")


_SAME_ANY, _OPPOSITE_ANY = _any_of(_SAME_WORDS), _any_of(_OPPOSITE_WORDS)


def compressed(sentence: str, rng: random.Random) -> str:
    """Some clauses and brackets dropped or moved; never fewer than five words."""
    text = _ADVERB.sub("", _BRACKETS.sub("", sentence)) if rng.random() < 0.7 else sentence
    for pattern in (_RELATIVE, _APPOSITION):
        if rng.random() < 0.6:
            text = _longer(pattern.sub(" ", text, count=1), text)
    if rng.random() < 0.5 and (cut := _TAIL.search(text, len(text) // 3)):
        text = _longer(text[: cut.start()] + ".", text)
    if rng.random() < 0.6:
        text = _LEADING.sub(lambda m: f"{m[2]} {m[1][0].lower()}{m[1][1:]}.", text)
    if rng.random() < 0.35 and (cuts := list(_PREPOSITION.finditer(text, len(text) // 2))):
        text = _longer(text[: rng.choice(cuts).start()].rstrip(" ,;") + ".", text)
    if rng.random() < 0.7:
        text = _PASSIVE.sub(lambda m: f"{m[3]} {m[2]} {m[1][0].lower()}{m[1][1:]}{m[4] or ''}.", text)
    return capital(text)


def in_other_words(sentence: str, rng: random.Random, share: float) -> str:
    """About `share` of the words that the table knows, replaced by one that says the same or a little less."""
    return _SAME_ANY.sub(lambda m: _SAME_WORDS[m[0]] if rng.random() < share else m[0], sentence)


def opened(sentence: str, rng: random.Random) -> str:
    """The sentence as a language model likes to begin it."""
    return rng.choice(_OPENINGS) + _uncapital(sentence)


def naming(sentence: str, title: str) -> str:
    """The pronoun or noun at the beginning replaced by what the passage is about."""
    return _PRONOUN.sub(lambda _: title, sentence, count=1) if title else sentence


def joined(first: str, second: str, rng: random.Random) -> str:
    """One sentence out of two."""
    link = rng.choice((", and ", "; ", ", while ", ", and also ", " and "))
    return first.rstrip(" .;!") + link + _uncapital(second)


def negated(sentence: str) -> str | None:
    """The opposite, by a "not" put in or taken out; None where no rule fits."""
    if bare := re.search(r"\b(not|never) ", sentence):
        return sentence[: bare.start()] + sentence[bare.end() :]
    changed, count = re.subn(rf"\b({_AUXILIARIES}) ", r"\1 not ", sentence, count=1)
    return changed if count else None


def reversed_words(sentence: str, rng: random.Random) -> str | None:
    """One word replaced by its opposite; None where the table knows none of them."""
    found = list(_OPPOSITE_ANY.finditer(sentence))
    if not found:
        return None
    chosen = rng.choice(found)
    return sentence[: chosen.start()] + _OPPOSITE_WORDS[chosen[0]] + sentence[chosen.end() :]


def swapped(sentence: str, names: Sequence[str], numbers: Sequence[str], rng: random.Random) -> str | None:
    """A number or a name of the sentence replaced by another one of the same kind; None where there is none."""
    places = [(m, numbers) for m in NUMBER.finditer(sentence)] + [(m, names) for m in NAME.finditer(sentence)]
    rng.shuffle(places)
    for place, others in places:
        fitting = [other for other in others if _alike(other, place[0]) and other.lower() not in sentence.lower()]
        if place[0][-1].isdigit() and rng.random() < 0.4:
            fitting = [other_number(place[0], rng)]
        if fitting:
            return sentence[: place.start()] + rng.choice(fitting) + sentence[place.end() :]
    return None


def other_number(number: str, rng: random.Random) -> str:
    """Another number of about the same size."""
    digits = [place for place, letter in enumerate(number) if letter.isdigit()]
    place = rng.choice(digits[-2:] if len(digits) > 2 else digits)
    return number[:place] + rng.choice([d for d in "123456789" if d != number[place]]) + number[place + 1 :]


def capital(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text if first != first.capitalize() or _is_name(text) else text[:1].lower() + text[1:]


def _is_name(text: str) -> bool:
    common = r"The|A|An|In|On|At|It|He|She|They|This|These|Those|There|When|If|For|We|You|Our|Your|Some|Many|Most|As"
    return re.match(rf"(?:{common})\b", text) is None and not re.match(r"[A-Z][a-z]+ly\b", text)


def _alike(one: str, other: str) -> bool:
    """Years for years, percentages for percentages, one word for one or two."""
    if one[-1].isdigit() and other[-1].isdigit():
        return (len(one) == 4) == (len(other) == 4)
    return (one[-1] == "%") == (other[-1] == "%") and abs(one.count(" ") - other.count(" ")) <= 1


def _longer(shorter: str, text: str) -> str:
    return shorter if len(shorter.split()) >= 5 else text
