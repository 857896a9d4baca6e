"""How a draft is asked for in each task, under what a learner says. Knows neither styles nor learners."""

import re

from evaluation.prelude_contexts import Task
from generation.port import Completion, GenerationParams, LanguageModel, Message
from personalization.ports import Guidance

DRAFT = GenerationParams(max_tokens=48)  # of at most 100: sixty rounds of all learners have to end in 40 minutes

_TASKS: dict[Task, tuple[str, str, str]] = {
    "summary": ("Article:", "Summarise the article above in two or three sentences.", "summary"),
    "email": ("Notes:", "Write a very short email of two or three sentences based on these notes.", "email"),
    "cited_answer": (
        "Question and numbered passages:",
        "Answer the question in two or three sentences from the passages, with their numbers in square brackets.",
        "answer",
    ),
}


def draft_prompt(task: Task, context: str, guidance: Guidance) -> tuple[Message, ...]:
    """The task and, where something was learned, the preference or the earlier edits (after PRELUDE)."""
    label, request, kind = _TASKS[task]
    parts = [f"Earlier {kind}:\n{one.draft}\n\nRevised by the user:\n{one.edited}" for one in guidance.examples]
    parts += [f"{label}\n{context}", request]
    if guidance.examples:
        parts.append(f"Write the {kind} as this user would, based on the edits in the examples above.")
    if guidance.instruction:
        parts.append(
            f"It is for a user who prefers the following style: {guidance.instruction}. "
            f"Write a {kind} that addresses those preferences."
        )
    return (Message("user", "\n\n".join(parts)),)


async def draft(model: LanguageModel, task: Task, context: str, guidance: Guidance) -> str:
    """What the model writes, before anything is done to it. Raises GenerationError."""
    return _whole_sentences(await model.complete(draft_prompt(task, context, guidance), DRAFT))


def _whole_sentences(completion: Completion) -> str:
    """What the limit cut off is left out up to the last full stop; nobody would be shown half a sentence."""
    text = completion.text.strip()
    if completion.finish_reason == "stop":
        return text
    ends = [match.end() for match in re.finditer(r"[.!?][\"')\]]*(?=\s)", text)]
    return text[: ends[-1]] if ends else text
