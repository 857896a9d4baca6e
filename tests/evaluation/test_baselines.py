"""What the bare model is given, and which of its two prompts counts."""

from evaluation.answers_cases import Case
from evaluation.baselines import MAX_TOKENS, baselines
from evaluation.datasets import Question
from evaluation.runs import Run
from generation.port import GenerationParams, Message
from generation.scripted import ScriptedModel


class ShortAnswers(ScriptedModel):
    """Knows the answer, and keeps it to itself unless it is asked to be brief."""

    def _reply(self, messages: tuple[Message, ...]) -> str:  # type: ignore[override]  # narrower than Sequence
        return "Rush" if "few words" in messages[-1].content else "That is hard to say."


def asked(text: str = "Who?", *answers: str, answerable: bool = True) -> Question:
    return Question(id=text, question=text, answers=answers, answerable=answerable)


async def test_the_better_prompt_is_reported() -> None:
    found = await baselines([Case(asked("Who?", "Rush"), None, None)], ShortAnswers(), Run())
    assert found["no_passages"] is not None
    assert (found["no_passages"].report["prompt"], found["no_passages"].report["accuracy"]) == ("short", 1)
    assert found["all_passages"] is None
    assert found["gold_passages"] is None


async def test_the_model_reads_exactly_the_texts_of_each_baseline() -> None:
    model = ScriptedModel()
    await baselines([Case(asked(), ("one text", "two text"), ("two text",))], model, Run())
    read = [prompt[-1].content for prompt in model.prompts]
    # All, gold alone, none: each in two forms.
    assert sorted(("one text" in text, "two text" in text) for text in read) == [
        (False, False),
        (False, False),
        (False, True),
        (False, True),
        (True, True),
        (True, True),
    ]


async def test_the_longest_prompts_go_first_and_equal_ones_once() -> None:
    model = ScriptedModel()
    await baselines([Case(asked(), ("a text",), ("a text",)), Case(asked(), ("a text",) * 9, None)], model, Run())
    lengths = [len(prompt[-1].content) for prompt in model.prompts]
    assert lengths == sorted(lengths, reverse=True)
    assert len(lengths) == 6


async def test_texts_that_do_not_fit_are_left_out_from_the_end_and_the_last_is_cut() -> None:
    model = ScriptedModel(context_window=MAX_TOKENS + 40)
    long = " ".join(["word"] * 200)
    found = await baselines([Case(asked(), ("first text", long), (long,))], model, Run())
    assert found["all_passages"] is not None
    read = [prompt[-1].content for prompt in model.prompts]
    assert [sum("first text" in text for text in read), sum("word word" in text for text in read)] == [2, 2]


async def test_a_refusal_of_the_bare_model_is_an_abstention() -> None:
    model = ScriptedModel()
    for _ in range(4):
        model.enqueue("The passages do not answer this question.")
    cases = [Case(asked("1", "Rush"), None, None), Case(asked("2", answerable=False), None, None)]
    baseline = (await baselines(cases, model, Run()))["no_passages"]
    assert baseline is not None
    found = baseline.report
    assert (found["answered_rate"], found["false_answer_rate"], found["accuracy"]) == (0, 0, 0)
    assert "citation_recall" not in found


async def test_the_bare_model_decodes_greedily() -> None:
    seen: list[GenerationParams] = []

    class Watched(ScriptedModel):
        async def complete(self, messages, params, schema=None):  # type: ignore[no-untyped-def]
            seen.append(params)
            return await super().complete(messages, params, schema)

    await baselines([Case(asked("Who?", "Rush"), None, None)], Watched(), Run())
    assert {params.temperature for params in seen} == {0.0}
