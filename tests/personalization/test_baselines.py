"""The baselines: what each keeps, and what each ignores."""

from generation.scripted import ScriptedModel
from personalization.baselines import Continual, EditExamples, ExploreExploit, NoLearning
from personalization.ports import Guidance, Learner, PastEdit
from tests.personalization.test_cipher import Compass


async def edits(learner: Learner, *contexts: str) -> None:
    for context in contexts:
        await learner.learn(context, f"draft {context}", f"edited {context}", Guidance())


async def test_nothing_is_learned_by_the_one_that_does_not() -> None:
    learner = NoLearning()
    await edits(learner, "0", "1")
    assert await learner.guide("0") == Guidance()


async def test_examples_are_the_raw_edits_of_the_nearest_contexts() -> None:
    learner = EditExamples(Compass(), 2)
    assert await learner.guide("0") == Guidance()
    await edits(learner, "0", "90", "20")
    examples = (await learner.guide("15")).examples
    assert examples == (PastEdit("draft 20", "edited 20"), PastEdit("draft 0", "edited 0"))


async def test_the_continual_one_infers_anew_from_the_last_five_of_whatever_context() -> None:
    model = ScriptedModel()
    learner = Continual(model)
    for turn in range(7):
        model.enqueue(f"preference {turn}")
        await edits(learner, str(turn))
        assert (await learner.guide("90")).instruction == f"preference {turn}"
    asked = model.prompts[-1][-1].content
    assert "draft 2" in asked
    assert "draft 1" not in asked


async def test_the_exploring_one_infers_once_from_its_first_five_and_keeps_it() -> None:
    model = ScriptedModel()
    learner = ExploreExploit(model)
    await edits(learner, "0", "1", "2", "3")
    assert await learner.guide("0") == Guidance()
    model.enqueue("short")
    await edits(learner, "4", "5", "6")
    assert (await learner.guide("90")).instruction == "short"
    assert len(model.prompts) == 1
