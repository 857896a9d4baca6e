"""What the bare model is given, and which of its two prompts counts."""

from evaluation.baselines import MAX_TOKENS, Case, baselines
from evaluation.datasets import Question
from generation.port import GenerationParams, Message
from generation.scripted import ScriptedModel


class ShortAnswers(ScriptedModel):
    """Knows the answer, and keeps it to itself unless it is asked to be brief."""

    def _reply(self, messages: tuple[Message, ...]) -> str:  # type: ignore[override]  # narrower than Sequence
        return "Rush" if "few words" in messages[-1].content else "That is hard to say."


def asked(text: str = "Who?", *answers: str, answerable: bool = True) -> Question:
    return Question(id=text, question=text, answers=answers, answerable=answerable)


async def test_the_better_prompt_is_reported() -> None:
    found = await baselines([Case(asked("Who?", "Rush"), None, None)], ShortAnswers())
    assert found["no_passages"] is not None
    assert (found["no_passages"]["prompt"], found["no_passages"]["accuracy"]) == ("short", 1)
    assert found["all_passages"] is None
    assert found["gold_passages"] is None


async def test_the_model_reads_exactly_the_texts_of_each_baseline() -> None:
    model = ScriptedModel()
    await baselines([Case(asked(), ("one text", "two text"), ("two text",))], model)
    read = [prompt[-1].content for prompt in model.prompts]
    assert [("one text" in text, "two text" in text) for text in read] == [
        (False, False),
        (False, False),
        (True, True),
        (True, True),
        (False, True),
        (False, True),
    ]


async def test_texts_that_do_not_fit_are_left_out_from_the_end_and_the_last_is_cut() -> None:
    model = ScriptedModel(context_window=MAX_TOKENS + 40)
    long = " ".join(["word"] * 200)
    found = await baselines([Case(asked(), ("first text", long), (long,))], model)
    assert found["all_passages"] is not None
    assert all("first text" in prompt[-1].content for prompt in list(model.prompts)[2:4])
    assert all("word" in prompt[-1].content for prompt in list(model.prompts)[4:6])


async def test_a_refusal_of_the_bare_model_is_an_abstention() -> None:
    model = ScriptedModel()
    for _ in range(4):
        model.enqueue("The passages do not answer this question.")
    cases = [Case(asked("1", "Rush"), None, None), Case(asked("2", answerable=False), None, None)]
    found = (await baselines(cases, model))["no_passages"]
    assert found is not None
    assert (found["answered_rate"], found["false_answer_rate"], found["accuracy"]) == (0, 0, 0)
    assert "citation_recall" not in found


async def test_the_bare_model_decodes_greedily() -> None:
    seen: list[GenerationParams] = []

    class Watched(ScriptedModel):
        async def complete(self, messages, params, schema=None):  # type: ignore[no-untyped-def]
            seen.append(params)
            return await super().complete(messages, params, schema)

    await baselines([Case(asked("Who?", "Rush"), None, None)], Watched())
    assert {params.temperature for params in seen} == {0.0}
