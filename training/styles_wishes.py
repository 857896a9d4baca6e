"""How people word what they wish of an answer's style. Words only."""

# fmt: off
BRIEF = (
    "as short as possible", "brief", "very short", "just the answer", "one word or phrase", "concise",
    "only the facts", "to the point", "no explanations", "Keep it short.", "short answers", "terse", "minimal",
    "without a sentence around it",
)
WISHES = {
    "bullets": (
        "bullet points", "in bullet points", "Use bullet points.", "as a bulleted list",
        "Give me a list with dashes.", "bullets, please", "Prefers bulleted lists", "structured as bullet points",
        "write a bullet list", "list form",
    ),
    "steps": (
        "numbered steps", "as numbered steps", "Number the points.", "a numbered list", "step by step, numbered",
        "Use a numbered list.", "1. 2. 3. style", "enumerate the points",
    ),
    "one sentence": (
        "one sentence", "in a single sentence", "Answer in one full sentence.", "one complete sentence",
        "full sentences, brief", "a short full sentence", "Keep it to one sentence.", "brief, in a full sentence",
        "complete sentences", "concise sentence",
    ),
    "two sentences": (
        "two sentences", "in two sentences", "Answer with exactly two sentences.", "2 sentences",
        "a couple of sentences",
    ),
    "three sentences": (
        "three sentences", "in three sentences", "3 sentences", "about three sentences",
    ),
    "detail": (
        "detailed", "in detail", "Give all the details.", "long and thorough", "a detailed answer", "comprehensive",
        "explain at length", "more detail, please", "elaborate", "longer answers", "Prefers detailed explanations",
        "with context and explanation", "full explanation",
    ),
    "lines": (
        "each sentence on its own line", "one sentence per line", "a new line for every sentence",
    ),
    "paragraphs": (
        "short paragraphs", "separate paragraphs", "a blank line between the points",
    ),
    "summary first": (
        "a one-line summary, then bullet points", "start with the gist, then bullets",
        "summary first, details as bullets",
    ),
    "greeting": (
        "start with a greeting", "greet me first", "Say hello first.", "open with a greeting",
    ),
    "closing": (
        "end with a friendly closing", "close politely", "finish with a closing line", "add a closing sentence",
    ),
    "friendly": (
        "warm and friendly", "friendly, with greeting and closing", "a warm tone", "kind and friendly tone",
    ),
    "letter": (
        "like a formal letter", "as a letter", "formal, with salutation and closing",
        "professional greeting and closing", "Use a formal salutation and sign off.",
    ),
    "informal": (
        "informal", "casual tone", "Talk casually.", "relaxed and informal", "conversational",
        "like a friend would say it", "a chatty tone", "not so formal", "informal language",
    ),
    "formal": (
        "formal", "formal tone", "Keep it formal.", "formal language", "professional tone", "businesslike",
        "serious and formal",
    ),
    "no contractions": (
        "no contractions", "Do not use contractions.", "avoid contractions", "write do not, never don't",
    ),
    "contractions": (
        "use contractions", "contractions are fine: don't, it's", "write don't instead of do not",
    ),
    "simple": (
        "simple words", "plain language", "Use easy words.", "for a child", "in simple English",
        "easy to understand", "no difficult words", "plain and simple", "for beginners",
        "language for young children",
    ),
    "short sentences": (
        "short sentences", "Use short sentences.", "brief, short sentences", "keep sentences short",
        "simple short sentences",
    ),
    "first person": (
        "first person", "in the first person", "Use I.", "speak as I", "first-person voice",
        "write from your own perspective",
    ),
    "second person": (
        "second person", "address me as you", "in the second person", "speak to me directly", "second-person voice",
    ),
    "we": (
        "first person plural", "Use we.", "write as we", "in the we form",
    ),
    "impersonal": (
        "impersonal", "third person", "no I and no you", "neutral and impersonal",
    ),
    "question back": (
        "end with a question", "ask me something at the end", "close with a follow-up question",
    ),
    "bold": (
        "bold the key point", "put the answer in bold", "markdown bold for the main point", "highlight the answer",
    ),
    "enthusiastic": (
        "enthusiastic", "excited tone", "be upbeat", "positive and energetic",
    ),
    "emoji": (
        "with an emoji", "use emojis", "add an emoji", "fun, with emoji",
    ),
    "question and answer": (
        "question and answer", "Q&A format", "as Q and A", "repeat the question, then answer",
        "question-answering style",
    ),
}
# fmt: on
