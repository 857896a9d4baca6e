"""What each method says of passages, with a model whose every reply is known."""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evaluation.datasets import LabelledPassage
from generation.port import Completion, ContinuationScore, GenerationError, GenerationParams, JsonSchema, Message
from generation.scripted import ScriptedModel
from training.annotation import Annotator, Asked, UtilityLabel, annotate
from training.annotation_attribution import Attribution, ridge, three_clusters
from training.annotation_gain import AnswerGain, LikelihoodGain
from training.annotation_listwise import ListwiseSelection
from training.annotation_prompts import selected
from training.annotation_run import annotate_all

CAPITAL = "Canberra is the capital of Australia."
OTHER = "Sydney has a famous opera house."


def asked(*texts: str, answers: tuple[str, ...] = ("Canberra",), identity: str = "q") -> Asked:
    passages = tuple(LabelledPassage(id=f"p{place}", text=text) for place, text in enumerate(texts))
    return Asked(identity, "What is the capital of Australia?", passages, answers)


class Reader(ScriptedModel):
    """Knows nothing: it answers rightly where Canberra stands in the prompt, and it counts how often it is asked."""

    def __init__(self, knows: bool = False) -> None:
        super().__init__()
        self.knows, self.calls = knows, 0

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        self.calls += 1
        self.enqueue("It is Canberra." if self.knows or "Canberra" in messages[-1].content else "It is Sydney.")
        return await super().complete(messages, params, schema)


class Chooser(ScriptedModel):
    """Selects every passage about capitals, wherever in the list it stands, and the first one besides."""

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        lines = [line for line in messages[-1].content.splitlines() if line.startswith("[")]
        chosen = [f"[{place}]" for place, line in enumerate(lines, 1) if "capital" in line or place == 1]
        self.enqueue(f"My selection: {' '.join(chosen)}")
        return await super().complete(messages, params, schema)


async def utilities(annotator: Annotator, question: Asked, model: ScriptedModel) -> dict[str, float]:
    return {label.passage: label.utility for label in await annotate(annotator, question, model)}


async def test_a_passage_is_useful_if_the_model_answers_rightly_with_it_alone() -> None:
    found = await annotate(AnswerGain(), asked(CAPITAL, OTHER), Reader())
    assert [(label.passage, label.utility) for label in found] == [("p0", 1.0), ("p1", 0.0)]
    assert {(label.method, label.model_version) for label in found} == {("answer-gain", "scripted@1")}


async def test_a_model_that_knows_the_answer_needs_no_passage() -> None:
    model = Reader(knows=True)
    assert await utilities(AnswerGain(), asked(CAPITAL, OTHER), model) == {"p0": 0.0, "p1": 0.0}
    assert model.calls == 1


async def test_without_an_accepted_answer_nothing_is_said_of_right_and_wrong() -> None:
    assert await utilities(AnswerGain(), asked(CAPITAL, answers=()), Reader()) == {}


async def test_the_passage_that_makes_the_answer_likelier_gains_by_its_nats() -> None:
    # The scripted model finds a word of the prompt likely (0.9) and any other unlikely (0.1).
    found = await utilities(LikelihoodGain(), asked(CAPITAL, OTHER), ScriptedModel())
    assert found == {"p0": pytest.approx(1 - math.exp(-(math.log(0.9) - math.log(0.1))), abs=1e-6), "p1": 0.0}


async def test_the_cost_of_a_question_is_what_its_model_read_and_wrote() -> None:
    model = ScriptedModel()
    found = await annotate(LikelihoodGain(), asked(CAPITAL, OTHER), model)
    scored = 3  # the answer, one token of this model's, without evidence and with either passage
    assert sum(label.cost_tokens for label in found) == model.usage.prompt_tokens + scored


async def test_a_choice_that_depends_on_the_place_in_the_list_is_outvoted_by_other_orders() -> None:
    question = asked(OTHER, CAPITAL, "Perth lies in the west.", "Darwin is hot.")
    found = await utilities(ListwiseSelection(orders=20), question, Chooser())
    assert found["p1"] == 1.0
    assert 0 < found["p0"] < 1  # chosen only when it came first
    assert found["p2"] == found["p3"] == 0  # never even relevant


async def test_a_model_that_follows_no_form_is_refused_with_the_remedy() -> None:
    model = ScriptedModel()
    model.enqueue("I think that passages are interesting.")
    with pytest.raises(GenerationError, match="likelihood-gain"):
        await annotate(ListwiseSelection(), asked(CAPITAL), model)


@pytest.mark.parametrize(
    ("reply", "places"),
    [
        ("My selection: [[2],[1],[2]]", [1, 0]),
        ("my selection:\n[3]", [2]),
        ("My selection: none", []),
        ("My selection: [9]", []),
        ("The second one helps.", None),
        ("My selection: the second", None),
    ],
)
def test_a_selection_is_read_as_it_is_written(reply: str, places: list[int] | None) -> None:
    assert selected(reply, 3) == places


async def test_passages_are_told_apart_by_leaving_some_out() -> None:
    class Swayed(ScriptedModel):
        """The answer is likelier beside the capital, and less likely beside each other town."""

        async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
            text = messages[-1].content
            towns = sum(town in text for town in ("Sydney", "Perth", "Darwin"))
            return ContinuationScore((3.0 * ("Canberra" in text) - 2.0 * towns - 9.0,))

    question = asked(OTHER, CAPITAL, "Perth lies in the west.", "Darwin is hot.", "It rains at times.")
    found = await utilities(Attribution(), question, Swayed())
    assert found == {"p0": 0.0, "p1": 1.0, "p2": 0.0, "p3": 0.0}  # of rain, which changes nothing, nothing is said


def test_ridge_regression_finds_what_each_column_adds() -> None:
    masks = np.array([[float(bool(n & 1)), float(bool(n & 2)), float(bool(n & 4))] for n in range(8)] * 20)
    found = ridge(masks, 5 + masks @ np.array([3.0, 0.0, -1.0]))
    assert found == pytest.approx([3.0, 0.0, -1.0], abs=0.1)


def test_values_fall_into_three_runs_of_least_error() -> None:
    assert three_clusters(np.array([0.1, 9.0, 0.0, 4.0, 4.1, 0.2])).tolist() == [0, 2, 0, 1, 1, 0]
    assert three_clusters(np.array([1.0, 1.0, 2.0])).tolist() == [1, 1, 1]


async def test_a_run_that_was_killed_asks_only_what_is_missing(tmp_path: Path) -> None:
    class Dies(Reader):
        async def complete(
            self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
        ) -> Completion:
            if self.calls == 30:  # three calls a question
                raise GenerationError("killed")
            return await super().complete(messages, params, schema)

    questions = [asked(CAPITAL, OTHER, identity=f"q{number}") for number in range(12)]
    out, first, second = tmp_path / "labels.jsonl", Dies(), Reader()
    with pytest.raises(GenerationError):
        await annotate_all(questions, AnswerGain(), first, out)
    assert not out.exists()
    found = await annotate_all(questions, AnswerGain(), second, out)
    assert (found["questions"], found["labels"], found["useful"]) == (12, 24, 12)
    assert 0 < second.calls < 36
    by_question = defaultdict(list)
    for line in out.read_text().splitlines():
        label = UtilityLabel(**json.loads(line))
        by_question[label.example].append(label.utility)
    assert by_question == {f"q{number}": [1.0, 0.0] for number in range(12)}
