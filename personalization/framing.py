"""What stands around an answer without being one: greetings, closings, announcements; knows not whose they are."""

import re
from dataclasses import dataclass

from personalization.lexicon import NEGATIONS, listed
from personalization.prose import EMOJI, WORD

# A sentence of these words alone, one of the first kind among them, says nothing about the world.
_KEYS = listed("""
    hello hi hey dear greetings welcome howdy cheers regards sincerely thanks thank hope wishes bye goodbye sure
    certainly question questions answer summary summarize sum overview recap brief short nutshell tldr tl dr
    takeaway takeaways points enjoy hesitate glad happy key note remember luck hallo moin servus guten grüße
    grüßen gruß danke dank hoffe zusammenfassung zusammengefasst kurz überblick antwort frage fragen gerne gern
    freundlichen tschüss wichtigste fazit stichpunkte wow oh ah yay hooray hurray oops okay ok
    once upon fun story
""")
_FILL = listed("""
    a an the this that these it is are be in to of on at for and or as by with from about if me us i we you your
    my our let know feel free please any further more other else anything something should have need want would
    like can could do reach out contact get touch help helps helpful helped assist assistance details
    information time again there all everyone everybody team folks friends friend reader readers colleagues good
    great nice best kind warm very really many so much lot day morning afternoon evening weekend week patience
    attention understanding interest advance reading asking here following below what main most important quick
    first simple simply put words word yours truly faithfully take care have one thing up up: course of fact
    end clarification concerns way look looking forward hearing soon ein eine einen das die der es ist sind im in zu
    zum zur auf für und oder wie mit von wenn bei ich wir sie ihr ihre ihnen dir dich mir mich uns du dein deine
    hilft helfen geholfen weiter weitere noch haben hast melden melde gut gute guter schöne schönen tag morgen
    abend woche viele liebe beste besten herzliche mit vielen vorab zusammen alle hier folgende folgenden
    wichtigsten punkte gesagt auf einen blick melde dich sich
""")
_NAME = r"(?:[A-ZÄÖÜ][\w.'’-]*|there|all|everyone|everybody|team|folks|friends?|zusammen|und|and|alle|again)"
_TITLE = r"(?i:hello|hi|hey|howdy|dear|greetings|welcome|good (?:morning|afternoon|evening|day)|hallo|moin|servus|"
_TITLE += r"guten (?:tag|morgen|abend)|sehr geehrte[rs]?|liebe[rs]?|grüß gott|grüezi)"
_GREETING = re.compile(
    rf"\s*{_TITLE}\b(?:,?[ \t]+{_NAME}){{0,5}}[ \t]*(?:[,!.:]+|(?=\n)|$)(?:[ \t]*{EMOJI.pattern})*\s*"
)
_ROLE = re.compile(r"\s*(?i:dear|hello|hi|liebe[rs]?|hallo|sehr geehrte[rs]?)(?: [^\W\d_][\w'’-]*){1,4}[,!][ \t]*\n\s*")
_WISH = re.compile(r"(?i:have a (?:great|good|nice|lovely|wonderful) (?:day|evening|weekend|week|trip|time))\W*$")
_LABEL = re.compile(r"\*\*([^*\n]{1,40})(?::\*\*|\*\*:)\s+")
_REGARDS = (
    r"(?i:(?:with )?(?:best|kind|kindest|warm|warmest|many) (?:regards|wishes|thanks)|regards|sincerely(?: yours)?|"
    r"yours (?:sincerely|truly|faithfully)|all the best|best|cheers|thanks(?: a lot| again| in advance)?|thank you|"
    r"take care|(?:mit )?(?:viele[n]?|liebe[n]?|beste[n]?|herzliche[n]?|freundliche[n]?|schöne[n]?) "
    r"gr(?:ü|ue)(?:ß|ss)e[n]?|danke|lg|mfg)"
)
_SIGNATURE = rf"{_REGARDS}[,.!]*(?:[ \t]*\n?[ \t]*{_NAME}(?:[ \t]+{_NAME}){{0,2}})?[.!]?"
_CLOSING = re.compile(rf"(?:(?<=[.!?…:)\]*\"”])[ \t]+|\n|^)(?:{_SIGNATURE})(?:[ \t]*{EMOJI.pattern})*+$")
_OPENER = re.compile(r"[^:,.!?\n]{1,60}[:,](?!\S)|(?i:tl;?dr:?)|(?:\*\*[^*\n]{1,40}\*\*:?)")
_ANNOUNCEMENT = re.compile(
    r"(?:(?:it is|it's) (?:important|worth|useful|good|crucial|interesting) "
    r"(?:to (?:note|know|remember|mention)|noting|mentioning)(?: that)?|it should be noted that|"
    r"please (?:note|be advised|be aware|remember) that|(?:note|remember|keep in mind|bear in mind) that|"
    r"i (?:think|believe|guess|would say) (?:that )?|in my (?:opinion|view),?|"
    r"as (?:you can see|mentioned(?: above)?|noted(?: above)?),?|you (?:will )?(?:need|have) to|"
    r"there is (?:a|some) chance that|it (?:seems|appears) (?:that|as if)|es scheint, dass|"
    r"es ist wichtig zu (?:beachten|wissen), dass|bitte beachten sie, dass|ich (?:denke|glaube|meine), dass|"
    r"(?-i:[A-Z]):|(?:first|second|third|zuerst|erstens|zweitens|drittens),)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Framed:
    """A text in three: together they are the text, blanks and all."""

    greeting: str
    body: str
    closing: str

    def around(self, body: str) -> str:
        return self.greeting + body + self.closing

    def apart(self, body: str) -> str:
        """Around a body of several lines greeting and closing stand alone."""
        if "\n" not in body.strip():
            return self.around(body)
        before, after = self.greeting, self.closing
        if before and "\n" not in before[len(before.rstrip()) :]:
            before = before.rstrip() + "\n\n"
        if after and "\n" not in after[: -len(after.lstrip())]:
            after = "\n\n" + after.lstrip()
        return before + body + after


def framed(text: str) -> Framed:
    """The body of a text between its greeting and its closing."""
    start = len(greeting(text))
    end = max(start, len(text) - len(closing(text)))
    return Framed(text[:start], text[start:end], text[end:])


def is_framing(sentence: str) -> bool:
    """Whether a sentence is made of nothing but greeting, thanks, offer or announcement."""
    found = [word.lower().replace("’", "'").removesuffix("'s") for word in WORD.findall(EMOJI.sub(" ", sentence))]
    if "hesitate" in found:  # the one thing that is offered by a negation
        found = [word for word in found if word not in NEGATIONS and word != "don't"]
    if _WISH.match(sentence):
        return True
    return any(word in _KEYS for word in found) and all(word in _KEYS or word in _FILL for word in found)


def opener(sentence: str) -> str:
    """The words with which a sentence announces itself ("In short:", "It is important to note that"), or nothing."""
    if announced := _ANNOUNCEMENT.match(sentence):
        return announced[0]
    if label := _LABEL.match(sentence):
        said = {word.lower() for word in WORD.findall(sentence[label.end() :])}
        return label[0] if said.issuperset(word.lower() for word in WORD.findall(label[1])) else ""
    found = _OPENER.match(sentence)
    return found[0] if found and is_framing(found[0]) else ""


def greeting(text: str) -> str:
    """The greeting at the start of a text with the blanks after it, or nothing."""
    found = _GREETING.match(text) or _ROLE.match(text)
    return found[0] if found else ""


def closing(text: str) -> str:
    """The closing at the end of a text with the blanks before it, or nothing: a signature, or sentences of framing."""
    end = len(text.rstrip())
    start = max(0, end - _LONGEST)
    body = text[start:end]
    if signature := _CLOSING.search(body, 0 if not start else 1):
        body = body[: signature.start()].rstrip()
    while (last := _LAST_SENTENCE.search(body)) and is_framing(last[0]) and body[: last.start()].strip():
        body = body[: last.start()].rstrip()
    return text[start + len(body) :] if start + len(body) < end else ""


_LONGEST = 300  # letters of a closing
_LAST_SENTENCE = re.compile(r"(?:(?<=[.!?…)\]*\"”])[ \t]+|\n)[^.!?…\n]+[.!?…]*[^\w\n]*$")
