"""A question and its answer as one statement, by rules for English. Knows no passage.

Where the rules fail the question is put before the answer, which is also how a short answer is checked.
"""

import random
import re

from training.verifier_rewriting import capital

_DO = r"(do|does|did)"
_BE = r"(is|are|was|were|has|have|had|can|could|will|would|should|must|may|might)"
_WH = r"(what|which|who|whom|where|when|why|how)"
_IRREGULAR_PAIRS = """
become=became begin=began break=broke bring=brought build=built buy=bought catch=caught choose=chose come=came
do=did draw=drew drive=drove eat=ate fall=fell feel=felt fight=fought find=found fly=flew get=got give=gave go=went
grow=grew have=had hear=heard hold=held keep=kept know=knew lead=led leave=left lose=lost make=made mean=meant
meet=met pay=paid put=put read=read rise=rose run=ran say=said see=saw sell=sold send=sent set=set sing=sang sit=sat
speak=spoke spend=spent stand=stood take=took teach=taught tell=told think=thought win=won write=wrote wear=wore
hit=hit beat=beat let=let cut=cut cost=cost show=showed play=played
"""
_VERB_WORDS = """
accept act add allow appear apply argue arrive ask attack attend attract base begin believe belong build buy call
carry cause change choose claim collect come compete complete compose consider consist contain continue contribute
control cost cover create defeat define depend describe design destroy develop die direct discover divide do earn
effect elect employ enable end enter establish exist expand express fall feature fight find fly focus follow form
gain get give go grow happen have help hit hold include increase influence inspire introduce invade invent involve
issue join keep know last launch lead leave let live look lose love make manage mean meet move name need occur offer
open operate own pass pay perform play prefer prevent produce promote protect provide publish purchase raise reach
receive recognize recommend record reduce refer reflect refuse register reject relate release rely remain replace
report represent require result retain return reveal rule run say sell send serve set share show sign sing speak
spend spread stand star start state stay stop study suffer suggest support surrender take teach tell think transmit
travel treat try turn use view visit want win work write stem register play recover intercept adopt recognise
calculate account amortize measure determine disclose store affect infect bind replicate encode
"""
_IRREGULAR = dict(pair.split("=") for pair in _IRREGULAR_PAIRS.split())
_VERBS = frozenset(_VERB_WORDS.split())
_PARTICIPLE = re.compile(
    r"\b(?!(?:need|seed|speed|bed|red|hundred|united|united|breed|limited)\b)(\w+ed|born|known|made|held|built|found|given|"
    r"taken|written|won|led|sent|set|put|seen|shown|sold|spent|spoken|drawn|driven|broken|chosen|begun|paid|lost|kept|"
    r"located|called|named|used|based)\b"
)
_PREPOSITIONS = {"when": "in", "where": "in", "why": "because of", "how": "by"}
_LEADS = (
    "in ",
    "on ",
    "at ",
    "by ",
    "from ",
    "because",
    "to ",
    "due ",
    "during ",
    "after ",
    "before ",
    "through ",
    "since ",
)


def statement(question: str, answer: str, rng: random.Random) -> str:
    """The question answered in one sentence, or the question followed by the answer."""
    asked = re.sub(r"\s+", " ", question).strip().rstrip("?.! ")
    said = answer.strip().rstrip(".;, ")
    made = _embedded(asked, said) or _subject(asked, said) or _object(asked, said) or _state(asked, said)
    if made is None or rng.random() < 0.25:
        return f"{capital(asked)}? {capital(said)}."
    return capital(re.sub(r"\s+", " ", made)) + "."


def _embedded(asked: str, said: str) -> str | None:
    """The school lies in which country -> The school lies in X."""
    m = re.match(
        rf"(?!{_WH}\b)(?!\w+ {_WH}\b)(?!{_BE}\b|{_DO}\b)(.+?) (?:which|what|whom|how many) ?[\w' -]{{0,40}}$",
        asked,
        re.I,
    )
    return f"{m[m.lastindex or 0]} {said}" if m else None


def _subject(asked: str, said: str) -> str | None:
    """Who led the team -> X led the team. Which architect was asked -> X was asked."""
    if m := re.match(rf"who (?!{_DO}\b)(.+)$", asked, re.I):
        return f"{said} {m[2]}"
    if m := re.match(rf"(?:what|which) ((?:[\w'-]+ ){{1,3}}?){_BE} ((?:\w+ly )?{_PARTICIPLE.pattern}.*)$", asked, re.I):
        return f"{said} {m[2]} {m[3]}"
    if m := re.match(rf"how many ((?:[\w'-]+ ){{1,3}}?){_BE} (there )?(.*)$", asked, re.I):
        return f"there {m[2]} {said} {m[1]}{m[4]}" if m[3] else f"{said} {m[1]}{m[2]} {m[4]}"
    return None


def _object(asked: str, said: str) -> str | None:
    """What did X play -> X played A. When did X begin -> X began in A."""
    m = re.match(rf"(?:(\w+) )?{_WH}\b(.*?) {_DO} (.+)$", asked, re.I)
    if not m:
        return None
    lead, wh, noun, do, rest = m[1] or "", m[2].lower(), m[3], m[4].lower(), m[5].split(" ")
    verb = next((i for i, word in enumerate(rest) if i and word in _VERBS), None)
    if verb is None:
        return None
    subject, verbs, tail = " ".join(rest[:verb]), rest[verb], " ".join(rest[verb + 1 :])
    if do == "did":
        verbs = _past(verbs)
    elif do == "does":
        verbs += "es" if verbs.endswith(("s", "sh", "ch", "o")) else "s"
    if wh == "how" and noun.strip().startswith(("many", "much")):
        return f"{subject} {verbs} {said} {noun.strip().partition(' ')[2]} {tail}"
    if wh in _PREPOSITIONS:
        return f"{subject} {verbs} {tail} {_led(wh, said)}"
    return f"{subject} {verbs} {lead} {said} {tail}" if not lead else f"{subject} {verbs} {tail} {lead} {said}"


def _state(asked: str, said: str) -> str | None:
    """What is X -> X is A. When was X born -> X was born in A."""
    m = re.match(rf"(?:(\w+) )?{_WH}\b(.*?) {_BE} (.+)$", asked, re.I)
    if not m:
        return None
    lead, wh, be, rest = m[1] or "", m[2].lower(), m[4], m[5]
    lead = f"{lead} " if lead else ""
    if (found := _PARTICIPLE.search(rest)) and found.start():
        end = _led(wh, said) if wh in _PREPOSITIONS and not lead else f"{lead}{said}"
        return f"{rest[: found.start()].strip()} {be} {rest[found.start() :]} {end}"
    return f"{rest} {be} {_led(wh, said) if wh in ('when', 'where', 'why') else said}"


def _led(wh: str, said: str) -> str:
    return said if said.lower().startswith(_LEADS) else f"{_PREPOSITIONS[wh]} {said}"


def _past(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeiou" else verb + "ed"
