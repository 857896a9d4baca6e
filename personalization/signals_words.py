"""Words and turns of phrase by which people show what they think of an answer, and assistants what became of a wish.

Patterns only: what they are worth is learned (training/signals.py).
"""

import re

_LIKED = r"(?:like|love|enjoy|care|want|need|think|understand|know|agree|trust|see|get|see the point)"

# Of the person's message, in lower case with straight apostrophes.
MESSAGE: dict[str, str] = {
    "refuses": (
        r"^(?:(?:oh|um+|uh|hm+|well|ok|okay|sorry)[, ]+)*(?:no|nope|nah|not|never ?mind|neither|forget it|stop)\b"
    ),
    "accepts": (
        r"^(?:(?:oh|um+|well|ah+)[, ]+)*(?:yes+|yeah|yep|yup|sure|ok|okay|alright|all right|right|correct"
        r"|exactly|fine"
        r"|great|perfect|good|excellent|cool|nice|lovely|wonderful|awesome|confirmed|absolutely|definitely|of course"
        r"|please do|sounds|looks|that(?:'s| is| was)? (?:\w+ )?(?:works?|fine|good|great|correct|right"
        r"|perfect|nice|ok))"
        r"\b"
    ),
    "greets": r"^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings)\b",
    "thanks": r"\b(?:thanks?|thankyou|thx|ty|cheers|appreciate[ds]?|grateful|danke|merci|gracias|tack)\b",
    "praises": (
        r"\b(?:great|perfect|excellent|awesome|amazing|wonderful|fantastic|brilliant|love|loved|lovely|nice|beautiful"
        r"|helpful|cool|delicious|well done|good (?:job|choice|call|idea|work|tip|suggestion)|genius|spot on|stunning"
        r"|impress\w*|superb|outstanding|incredible|yum)\b"
    ),
    "pleasant": (
        r"\b(?:good|like|liked|likes|enjoy\w*|fun|funny|interest(?:ing|ed)|favou?rites?|best|happy|glad|pretty good"
        r"|cute|hilarious|fascinating|exciting|reassuring|excited|recommend)\b"
    ),
    "unpleasant": (
        r"\b(?:bad|boring|bored|terrible|awful|horrible|annoy\w*|stupid|dumb|silly|hate[ds]?|dislike[ds]?"
        r"|useless|poor"
        r"|disappoint\w*|ridiculous|worse|worst|sad|scared|scary|slow|pity|shame|ugh|meh|lame|weird|depressing|cheesy"
        r"|confus\w*|nonsense|predictable|pointless|frustrat\w*|unfortunate(?:ly)?|problem|issue|nuisance|dull|cringe"
        r"|overrated|overhyped|corny|gross|creepy|violent|sick of|hard to|difficult)\b"
    ),
    "too_much": (
        r"\btoo (?:\w+ )?(?:long|short|far|early|late|expensive|much|many|big|small|old|slow|bad|stiff|\w+y)\b"
    ),
    "denies": (
        r"\b(?:no|not|never|none|nothing|neither|nor|nobody|without|cannot|cant|dont|didnt|doesnt|isnt)\b|n't\b"
    ),
    "does_not_like": (
        rf"\b(?:don't|do not|dont|didn't|did not|doesn't|does not|never|can't|cannot|couldn't|wouldn't|wasn't|haven't"
        rf"|not)(?: (?:really|even|actually|particularly|quite|much|all that|exactly))* {_LIKED}\b"
        r"|\bnot (?:a|an|my|for|into|really|that|so|very|too|as|the best|interested|impressed|great|good)\b"
    ),
    "does_not_know_it": (
        r"\b(?:haven't|have not|havent|never|didn't|not|hadn't)(?: \w+)? (?:seen|heard|watched|read|tried|saw"
        r"|watch)\b"
        r"|\b(?:haven't|have not)[.!]?$|\bnot yet\b"
    ),
    "not_now": (
        r"\b(?:not (?:right )?now|not (?:yet|today|at th(?:e|is) (?:moment|time|point))|at the moment|later"
        r"|another time"
        r"|i(?:'ll| will| have to| need to)? ?(?:just )?(?:think about it|pass|wait)"
        r"|just (?:wanted|want|need|needed|looking|checking)"
        r"|never ?mind|forget it|skip it|leave it|that won't be necessary|don't (?:want|need) (?:to|it|any))\b"
    ),
    "wants_another": (
        r"\b(?:other|others|another|else|different|alternatives?|options?|something (?:else|other|\w+er)"
        r"|any(?:thing|one)"
        r"|cheaper|closer|nearer|newer|earlier|rather|someone else|what else)\b"
    ),
    "instead": (
        r"\b(?:instead|actually|change|make (?:it|that)|switch|rather than|on second thoughts?|no wait|wait)\b"
    ),
    "again": r"\b(?:again|retry|try|redo|re-?check|once more|rewrite|rephrase|one more time|double.?check)\b",
    "recalls_the_wish": (
        r"\bi (?:just |already |only |clearly |specifically )?(?:said|asked|meant|wanted|told|mentioned|wrote"
        r"|was asking)"
        r"|\bi'm asking\b|\bas i said\b|\blike i said\b|\bnot what i\b|\bmy question\b|\bthat's not (?:what"
        r"|how|where)\b"
        r"|\bdoesn't answer\b|\byou(?:'re| are) not (?:listening|answering)\b|\bdid you (?:even )?(?:read"
        r"|listen|hear)\b"
    ),
    "faults": (
        r"\b(?:wrong|incorrect|false|mistakes?|errors?|outdated|mixed? up|inaccurate|misunderst\w+|contradict\w*"
        r"|made (?:that|it|this) up|are you sure|missing|left out|forgot|you missed|hallucinat\w*|nonsense)\b"
        r"|\b(?:not|isn't|wasn't|aren't|that's not|can't be) (?:right|true|correct|what|the one)\b|\bcheck your\b"
        r"|\b(?:doesn't|does not|didn't|did not|not) (?:work|help|working|make sense|exist|open|load|come|move)\b"
    ),
    "wants_detail": (
        r"\b(?:more (?:details?|specific|precise|concrete|information|info|examples?|than)|details?|elaborate"
        r"|specifics?"
        r"|precise(?:ly)?|concrete|vague|generic|thin|in detail|expand|go into|such as|exactly (?:which|what|how)"
        r"|tells me nothing|be more)\b"
    ),
    "wants_form": (
        r"\b(?:shorter|longer|simpler|briefer|plain english|bullet(?:s| points?)?|as a (?:list|table)|in a table|tone"
        r"|formal|informal|casual|emojis?|sentences|paragraphs?|wording|flowery|format|summari[sz]e"
        r"|in (?:english|german"
        r"|french|spanish)|auf deutsch|less \w+|more \w+ly|jargon|numbered)\b"
    ),
    "presses": (
        r"\bwhy (?:not|don't|can't|won't|didn't|is it not)\b|\bcan't you\b|\bcan you not\b|\bcome on\b|\bwhy would\b"
        r"|\bthere (?:has|must|have) (?:to )?be\b|\bbut (?:i|you|it|the|that|there)\b|\byou should\b"
        r"|\bjust (?:tell|do|give"
        r"|look|answer)\b|\blook (?:it up|again)\b|\bwhat are you good for\b|\bany (?:idiot|child|human)\b"
    ),
    "is_fed_up": (
        r"\b(?:seriously|ridiculous|kidding|unbelievable|for god|literally|whatever|waste of|no use|no help|useless"
        r"|thanks for nothing|of course (?:not|you)|repeating|give up|fed up|hopeless|omg|wtf|damn|hell|ffs|sigh"
        r"|i'll do it myself|by hand|talk to a (?:human|person)|a human)\b"
    ),
    "repeats_itself": (
        r"\b(?:already|still|same (?:answer|thing)|you (?:just )?(?:said|told)|i(?:'ve| have) (?:done|tried))\b"
    ),
    "wavers": (
        r"\b(?:huh|h+m+|um+|uh|er|what\?|don't (?:really )?know|i guess|not sure|no idea|no clue|can't think"
        r"|i think|maybe"
        r"|kind of|sort of|probably|i don't remember|don't care)\b"
    ),
    "closes": (
        r"\b(?:bye|goodbye|good night|see (?:you|ya)|that(?:'s| is| was| will be|'ll be) (?:all|everything|it\b)"
        r"|nothing (?:else|more)|have a (?:nice|good|great|lovely)|all i need(?:ed)?|all set|no thanks?(?: you)?"
        r"|that's all|you too)\b"
    ),
    "takes_it": (
        r"\b(?:go ahead|go (?:for|with)|take (?:it|that|this|the)|book (?:it|that|this|one|me|the)|buy (?:it"
        r"|them|that)"
        r"|reserve (?:it|that|the)|i(?:'ll| will) (?:\w+ )?(?:take|try|do|check|watch|use|go|have|give|add|make|read)"
        r"|let's|will do|do (?:it|that|so)|please do|works|that(?:'ll| will) do|sounds? (?:\w+ )?(?:good"
        r"|great|fine|perfect"
        r"|interesting|fun|nice|like)|done|did it|send it|play (?:it|that)|add(?:ing)? it|would be (?:fine"
        r"|great|good|nice"
        r"|perfect|lovely))\b"
    ),
    "learns": (
        r"\b(?:i see|ah+a?|aha|now i|makes? (?:more )?sense(?! at all)|didn't know|had no idea|never knew"
        r"|good to know"
        r"|interesting|understand|understood|learn(?:ed|t)|wow|got it|clear(?:er)?|that explains"
        r"|hadn't noticed|noted)\b"
    ),
    "laughs": r"\b(?:ha(?:ha)+h?|hehe+|hihi|lol|lmao|rofl)\b|😂|🤣|(?<!\w)[:;]-?[)D]",
    "tells_of_itself": (
        r"\bmy (?:wife|husband|kids?|son|daughter|mother|mom|mum|father|dad|sister|brother|boss|family|girlfriend"
        r"|boyfriend|partner|grandm\w+|grandf\w+|parents|friends?|team|knee|doctor|children|life)\b"
        r"|\bi(?:'m| am) an? \w+|\bi(?:'ve| have) (?:been|had)\b|\bwe(?:'ve| have) been\b|\bi work\b"
    ),
    "half_content": (
        r"\b(?:better|closer?|almost|half|partly|partially|a start|somewhere|not (?:bad|ideal|perfect|quite)|finally"
        r"|there we go|it'll do|that'll do|at least|i can (?:manage|live)|fine,|a bit)\b"
    ),
    "compares": (
        r"\b(?:last time|yesterday|used to|the other (?:one|assistant|bot|model)|other assistants?|chatgpt|gpt|google"
        r"|gemini|siri|alexa|search engine|better than|worse than|this week|the first (?:version|one) was)\b"
    ),
    "apologises": r"\b(?:sorry|apologi[sz]e|my bad|my mistake)\b",
    "begins_a_request": (
        r"\b(?:i(?:'d| would) like|i need|i want|i'm looking|i am looking|looking for|find me|can you"
        r"|could you|help me"
        r"|i wish|show me|tell me|give me|i also|get me|what about|how about|search|look up)\b"
    ),
    "begins_a_question": (
        r"^(?:and |but |so |then |ok(?:ay)?[,.]? |also )*(?:who|what|when|where|which|why|how|is|are|was|were"
        r"|do|does|did"
        r"|can|could|will|would|has|have|had|should|may)\b"
    ),
    "names_a_number": r"\d",
    "says_because": r"\b(?:because|since|cuz|as i|so that|reason)\b",
    "says_but": r"\b(?:but|however|though|although)\b",
}

# Of the answer before it.
ANSWER: dict[str, str] = {
    "failed": (
        r"\b(?:sorry|unable|couldn't|could not|cannot|can't|not able|apologi[sz]e|unfortunately|afraid|failed"
        r"|went wrong"
        r"|not (?:available|found|possible|successful|aware)|wasn't|was not|no (?:answer|results?|information"
        r"|matching"
        r"|free|such)|did not (?:find|work|go)|(?:do|does) not (?:say|state|mention|contain|name|set|exist|have)"
        r"|don't have|as an ai|nothing (?:matching|found)|there (?:is|are) no(?:ne)?|is no longer)\b"
    ),
    "succeeded": (
        r"\b(?:(?:is|are|has been|have been|been|was|were) (?:\w+ )?(?:booked|reserved|confirmed|made|scheduled|added"
        r"|purchased|bought|placed|complete\w*|arranged|sent|ordered|set|done)|success\w*|enjoy|all done|done[.!]"
        r"|congratulations|reference number|have fun|playing|started)\b"
    ),
    "proposes": (
        r"\b(?:how about|what about|i (?:recommend|suggest|would suggest|have found|found|have|can suggest)"
        r"|there (?:is|are)"
        r"|you (?:might|may|could|should|will) (?:like|enjoy|try|see|love)|have you (?:seen|tried|heard"
        r"|watched)|did you see"
        r"|try)\b"
    ),
    "offers_to_act": (
        r"\b(?:would you like (?:me )?to|do you (?:want|wish|need) (?:me )?to|shall i|should i|want me to|may i|can i"
        r"|are you ready to|would you like (?:a |the )?(?:tickets?|reservation|appointment))\b"
    ),
    "asks_to_confirm": (
        r"\b(?:confirm\w*|is (?:that|this|it) (?:right|correct|ok|okay)|correct\?|let me (?:check|review))"
    ),
    "asks_whether": r"\b(?:have you|do you (?:like|know|enjoy)|did you|would you (?:like|want) to (?:see|watch))\b",
    "asks_what": r"\b(?:what|which|where|when|how many|what time|why|who|how (?:did|do|was|much))\b[^?]*\?",
    "asks": r"\?\s*$",
    "asks_for_more": r"\b(?:anything else|something else|else (?:i can|you)|other help|further|what else)\b",
    "asks_of_dislike": r"\b(?:don't|didn't|do not|did not|dislike\w*|avoid|not like|unappealing|hate)\b[^?]*\?",
    "hedges": (
        r"\b(?:various|several factors|depends|generally|in general|certain|many things|consult|provide more)\b"
    ),
    "cites": r"\[\d+\]",
    "lists": r"(?m)^\s*(?:[-*•]|\d+[.)])\s",
}


def plain(text: str) -> str:
    """As the patterns of messages read it."""
    return " ".join(text.lower().replace("’", "'").split())


def compiled(patterns: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in patterns.items()}
