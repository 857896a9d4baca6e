"""The learners of the environment, end to end, without a language model and with a scripted one."""

from collections.abc import Sequence

import numpy as np
import pytest

from generation.scripted import ScriptedModel
from personalization.attune import Attune
from personalization.canonical import Canonical
from personalization.ports import Guidance, Learner, Vectors
from personalization.rules import Rule
from personalization.transformations import once
from personalization.trials import Conclusion, Trial, wanted
from tests.personalization.texts import DRAFT, LETTERS, OTHER, REPORTS, THIRD

STYLE = [
    Rule("replace", {"old": "utilise", "new": "grok"}),
    Rule("layout", {"separator": "\n", "prefix": "- ", "suffix": "", "first": True, "last": False}),
]


class TwoKinds:
    """ContextEncoder: letters are one kind of context, everything else another."""

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([LETTERS if text.startswith("letter") else REPORTS for text in texts])


async def lived(learner: Learner, context: str) -> Guidance:
    for text in (DRAFT, OTHER):
        used = await learner.guide(context)
        await learner.learn(context, text, once(STYLE, text), used)
    return await learner.guide(context)


async def test_attune_writes_as_the_person_does_in_such_contexts_only() -> None:
    learner = Attune(TwoKinds())
    guidance = await lived(learner, "letter to a friend")
    assert guidance.instruction is None
    assert guidance.render is not None
    assert guidance.render(THIRD) == once(STYLE, THIRD)
    assert (await learner.guide("report")).render is None


async def test_canonical_learns_what_can_be_measured_and_no_words() -> None:
    guidance = await lived(Canonical(TwoKinds()), "letter")
    assert guidance.render is not None
    assert "utilise" in guidance.render(THIRD)
    assert guidance.render(THIRD).count("\n- ") == 2


async def test_a_model_that_follows_instructions_is_asked_for_a_description_which_is_tried() -> None:
    model = ScriptedModel()
    learner = Attune(TwoKinds(), model)
    model.enqueue("like a pirate")
    await learner.learn("letter", DRAFT, "Arr! " + OTHER, Guidance())
    assert (await learner.guide("letter")).instruction == "like a pirate"
    assert (await learner.guide("report")).instruction is None
    await learner.learn("letter", DRAFT, DRAFT, Guidance("like a pirate"))
    assert len(model.prompts) == 1


@pytest.mark.parametrize(("cost", "kept"), [(0.1, "brief"), (0.6, None)])
def test_a_description_is_kept_only_if_drafts_written_with_it_cost_less(cost: float, kept: str | None) -> None:
    trials = [Trial(LETTERS, None, 0.4), Trial(LETTERS, "brief", cost), Trial(LETTERS, "brief", cost)]
    assert wanted([Conclusion(LETTERS, "brief")], trials, LETTERS) == kept
    assert wanted([Conclusion(LETTERS, "brief")], trials, REPORTS) is None
