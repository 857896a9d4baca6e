"""Greetings, thanks, farewells and questions about the assistant, with what is replied. Rules only; no model.

A model is not asked: it would add nothing, and the embedded one introduces itself as a warrior named Kael.
"""

import re

from retrieval.words import words

_LONGEST = 9  # words
_ABOUT = (
    "I am Attune. I answer questions from your own documents, name the passages that the answer comes from, and say so "
    "where your documents do not answer. Ask me something about them."
)
# In order of precedence: "Hi, who are you?" is answered as the question it is.
_REPLIES = (
    (
        r"(?:who|what) are you|what(?: is|'s) your name|what can you do(?: for me)?|how can you help(?: me)?|help"
        r"|can you help me|are you (?:a |an )?(?:ai|bot|robot|human|person|chatbot|language model)|what is attune"
        r"|introduce yourself",
        _ABOUT,
    ),
    (
        r"(?:thanks|thank you|thx|cheers|danke|merci|gracias|grazie)"
        r"(?: (?:a lot|so much|very much|again|for (?:your|the) help))*",
        "You are welcome. Ask me more about your documents whenever you like.",
    ),
    (r"(?:bye|goodbye|good night|see you|see you later|tschüss|au revoir)", "Goodbye."),
    (
        r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|hallo|bonjour|hola|ciao)(?: there| attune| all)?"
        r"|(?:how are you|how do you do|how is it going|what's up|nice to meet you)(?: doing)?(?: today)?",
        "Hello! Ask me something about your documents, and I will answer from them.",
    ),
    (
        r"(?:ok|okay|great|perfect|nice|cool|wonderful|awesome|got it|i see|well done|good job|sounds good)",
        "Good. What else would you like to know from your documents?",
    ),
)
_KINDS = tuple((re.compile(pattern), reply) for pattern, reply in _REPLIES)


def reply_to_small_talk(said: str) -> str | None:
    """The reply, or None where anything else is said too: "Hi, how long is the notice period?" is a question."""
    plain = said.lower().replace("’", "'")
    parts = [re.sub(r"[^\w' ]", "", part).strip() for part in re.split(r"[,.!?;:\n]+", plain)]
    parts = [part for part in parts if part]
    if len(words(said)) > _LONGEST or not all(any(kind.fullmatch(part) for kind, _ in _KINDS) for part in parts):
        return None
    return next((reply for kind, reply in _KINDS if any(kind.fullmatch(part) for part in parts)), None)
