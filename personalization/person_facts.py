"""What a person says about themselves, found by rules, and whether a question is about them. Knows no model, no store.

Precision first: a fact that was overlooked can be typed on About me, one that was made up is an insult. A question, a
request, a condition or a passing state ("I need a cab", "I am looking for ...") is not a fact. The rules were read
against the dialogues of uss_CCPE and uss_SGD.
"""

import re
from dataclasses import dataclass

from personalization.prose import all_sentences

_LONGEST = 30  # words; who writes more tells a story
_MOST = 5  # facts taken from one question


def _any(words: str) -> str:
    """One of these words, as a pattern; a phrase is joined by underscores."""
    return "(?:" + "|".join(word.replace("_", " ") for word in words.split()) + ")"


_START = rf"^(?:{_any('and but so also well yes no yeah btw by_the_way for_your_information fyi note_that')}\b[,:]? ?)*"
_OFTEN = rf"(?:{_any('also now currently really always usually mostly already still only both never')} )?"
_WE = r"(?:i|we)"
# Nouns that say something of the conversation, of a wish or of this one errand, not of the person.
_PASSING = _any(
    """questions? problems? issues? doubts? requests? ideas? look feeling meeting appointment plans? point reason trip
    destination departure party group budget favou?rite_part reservation ticket booking order mouth concerns? guess bet
    time hope goal aim interest intention answers? previous last next first second bad mistake"""
)
# What follows "I am" where it is a state of the moment: a participle, a mood, a place in the conversation.
_MOMENT = _any(
    r"""\w+ing\b sorry sure not afraid happy glad here back done ready curious interested confused lost fine good ok
    okay right wrong aware able unable about_to just a_bit a_little so very too under_the_impression in_(?:a|the|need)
    in_doubt on_(?:a|the|my) at with of to like"""
)
_LASTING = _any(
    r"""an?_ the_(?!one\b) \d allergic born married divorced single retired vegan\b vegetarian left-handed diabetic
    pregnant responsible from based in_charge intolerant lactose colou?r-?blind deaf blind \w+(?:an|ese|ish)\b(?!_at)"""
)
_DO = _any("live lives work study teach own drive speak suffer play collect manage lead run grow keep")
_ONCE = _any("graduated studied worked moved was_born were_born was_diagnosed grew_up retired")
_FEEL = _any(
    """like love hate dislike enjoy can't_stand do_not_like don't_like do_not_eat don't_eat do_not_drink don't_drink
    do_not_speak don't_speak can't_eat cannot_eat eat drink do_not_have don't_have"""
)
_SOME = r"(?:(?:an?|the|two|three|four|five|six|no|my|our) |\d|(?-i:[A-Z]))"
_STATES = (
    rf"(?:i am|i'm) {_OFTEN}(?!{_MOMENT}\b){_LASTING}",
    rf"we are {_OFTEN}{_any('an?_ the_ based located from')}",
    rf"{_WE} {_OFTEN}{_DO} (?!{_any('out into it that this better getting')}\b)\w",
    # Not "I have to cancel", "I have seen it", "I have a question".
    rf"{_WE} {_OFTEN}{_any('use have rent wear take')} (?!an? {_PASSING}\b){_SOME}",
    rf"{_WE} {_OFTEN}{_ONCE} \w",
    rf"(?:i've|i have|we've|we have) {_OFTEN}(?:{_any('lived worked owned')}|been (?:an? |married)|got {_SOME})",
    rf"{_WE} {_OFTEN}{_FEEL} (?!{_any('to the both i')}\b)\w",
    rf"(?:my|our) (?!{_PASSING}\b)\w[\w' -]{{0,60}}? {_any('is are has have lives works')} \w",
    r"(?:call me|people call me) (?-i:[A-Z])",
)
_FACT = re.compile(rf"{_START}(?:{'|'.join(_STATES)})", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?|^"
    + _any(
        """can could would will shall should do does did is are was were have has am may might what which who whom whose
        when where why how please tell show give find list explain help let if suppose imagine assume say"""
    )
    + r"\b",
    re.IGNORECASE,
)
# Anywhere: a wish, a condition, what somebody else said, something about the answers, or nothing that stands alone.
_UNSURE = re.compile(
    r"\b"
    + _any(
        r"""if whether wonder\w* suppose imagine maybe perhaps might would wish want need hope guess looking_for
        trying_to going_to about_to please can_you could_you do_you tell_me show_me answers? repl(?:y|ies) bullet\w*
        sentences? citations? sources? (?:said|says|told_me)_that you your what which it its this that these those them
        they he she him her ones?"""
    )
    + r"\b|[\"“”«»]",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    rf"\b(?:is|are) (?:{_any('that this it to whether how what why about as_follows below here not')}|\w+ing)\b",
    re.IGNORECASE,
)
_ME = _any("i i'm i've i'd i'll my mine myself our ours we we're we've")
_ABOUT_ME = re.compile(
    rf"\b{_ME}\b"
    rf"|\b{_any('for to about suits? fits? concerns? with near of affects? help')} (?:me|us)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    rf"\b{_any('can could may should shall do did must')} (?:i|we) {_any('ask know see read find')}\b"
    rf"|\bi(?:'d| would|) {_any('like want need wish')}(?: to {_any('know ask find see read learn')})?\b|\bi wonder\b"
    rf"|\b{_any('tell show give explain_to help let')} me\b",
    re.IGNORECASE,
)
# What a person has one of: a later statement takes the place of an earlier one.
_ONE = (
    ("name", re.compile(r"\bmy name is\b|\bcall me\b", re.IGNORECASE)),
    ("age", re.compile(r"\b(?:i am|i'm) \S+ years old\b|\bmy age is\b", re.IGNORECASE)),
    ("home", re.compile(rf"\b{_WE} {_OFTEN}live in\b|\b{_WE} (?:have )?moved to\b", re.IGNORECASE)),
    ("work", re.compile(rf"\bi {_OFTEN}work (?:at|for|as)\b|\bmy (?:job|employer|profession) is\b", re.IGNORECASE)),
)
_NAMED = re.compile(
    r"^(?:my|our) (?P<what>[\w' -]{1,60}?) (?:is|are) (?:(?:called|named)\b|(?-i:(?=[A-Z0-9])))", re.IGNORECASE
)


@dataclass(frozen=True)
class StatedFact:
    """A sentence in which somebody says something about themselves; of one `key` only the last one holds."""

    text: str
    key: str


def facts_in(said: str) -> tuple[StatedFact, ...]:
    """The facts that a question or a note states, in order, each once."""
    found: dict[str, StatedFact] = {}
    for sentence in all_sentences(said):
        if states_fact(sentence):
            fact = StatedFact(sentence.strip(), key_of(sentence))
            found[fact.key] = fact
    return tuple(found.values())[:_MOST]


def states_fact(sentence: str) -> bool:
    """Whether somebody says here, for good and without a doubt, something about themselves."""
    said = _plain(sentence)
    words = said.split()
    if not 1 < len(words) <= _LONGEST or _QUESTION.search(said) or _UNSURE.search(said):
        return False
    return bool(_FACT.search(said)) and not _CONFIRMS.search(said)


def key_of(fact: str) -> str:
    """What the fact is about: the same for two of which only the later can hold, else the words themselves."""
    said = _plain(fact)
    for name, pattern in _ONE:
        if pattern.search(said):
            return name
    named = _NAMED.search(said)
    return f"my {named['what'].lower()}" if named else said.lower().rstrip(".!")


def is_about_person(question: str) -> bool:
    """Whether what is asked depends on who asks: "Which shifts apply to me?", but not "Can you tell me ...?"."""
    return bool(_ABOUT_ME.search(_ASKING.sub(" ", _plain(question))))


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())
