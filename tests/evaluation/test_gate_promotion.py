"""From a trained folder to a verdict and what answers then: a real improvement passes, a poisoned one is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.home import Home
from app.main import create_app
from app.promotions import PromotionConflictError
from app.registry_door import OverHttp, registry_of
from app.server import publishing, serving
from app.services import Services
from app.settings import Settings
from evaluation import gate_contest, gate_promotion
from evaluation.errors import EvaluationError
from evaluation.gate_promotion import Asked, promote
from tests.app.trained import trained_retriever
from tests.evaluation.translated import fitted, write_set

pytestmark = pytest.mark.usefixtures("no_models")


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_set(tmp_path / "translated")


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """The settings of a command: what the environment says, in a home of its own."""
    return Settings(home=tmp_path / "home", port=0)


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[Services]:
    """A running server that commands find."""
    app = create_app(settings)
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, Home(settings.home), url):
        services: Services = app.state.services
        yield services


async def test_a_real_improvement_passes_and_answers_after_the_next_start(
    here: Settings, questions: Path, tmp_path: Path
) -> None:
    trained = await fitted(tmp_path / "good", poisoned=False)
    found = await promote(here, Asked(str(trained), [questions]))
    assert found["accepted"], found["reasons"]
    primary = found["report"]["primary"]
    assert primary["interval"][0] > 0.2 and primary["n"] == 60
    assert found["report"]["guards"].keys() == {"latency", "handed_over", "short", "early", "literal", "groups"}
    assert found["report"]["guards"]["groups"]["groups"] == 4
    assert (found["report"]["champion"], found["report"]["challenger"]) == ("what ships", found["version"])
    async with registry_of(here) as registry:
        shown = await registry.show(found["version"])
        (decision,) = shown.decisions
        assert (shown.champion, decision.report["holdout"]) == (True, decision.holdout)
        assert decision.holdout == found["report"]["holdout"]
    async with served(here) as services:
        assert services.serving.now.versions["retriever"] == found["version"]


async def test_labels_at_random_are_refused_with_reasons_that_are_kept(
    here: Settings, questions: Path, tmp_path: Path
) -> None:
    trained = await fitted(tmp_path / "poisoned", poisoned=True)
    found = await promote(here, Asked(str(trained), [questions]))
    assert not found["accepted"]
    assert any("The ndcg@10 is 0." in reason and "does not lie above 0" in reason for reason in found["reasons"])
    async with registry_of(here) as registry:
        (of_kind,) = [one for one in (await registry.overview()).in_use if one.kind == "retriever"]
        assert of_kind.champion is None
        (decision,) = (await registry.show(found["version"])).decisions
        assert decision.reasons == found["reasons"]


async def test_a_running_server_takes_it_at_once_and_the_poisoned_one_cannot_follow(
    here: Settings, questions: Path, tmp_path: Path
) -> None:
    good, poisoned = [await fitted(tmp_path / str(bad), poisoned=bad) for bad in (False, True)]
    async with served(here) as services:
        found = await promote(here, Asked(str(good), [questions]))
        assert services.serving.now.versions["retriever"] == found["version"]
        again = await promote(here, Asked(str(poisoned), [questions]))
        assert (again["accepted"], again["report"]["champion"]) == (False, found["version"])
        assert services.serving.now.versions["retriever"] == found["version"]
        with pytest.raises(EvaluationError, match="is the champion already"):
            await promote(here, Asked(found["version"], [questions]))
        async with registry_of(here) as registry:
            assert isinstance(registry, OverHttp)
            moved = await registry.rollback("retriever")
        assert (moved.in_use.source, services.serving.now.versions["retriever"]) == ("shipped", "retriever-stock")


async def test_the_home_is_free_while_the_gate_measures_and_who_is_second_is_told(
    here: Settings, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [await fitted(tmp_path / str(bad), poisoned=bad) for bad in (False, True)]
    play = gate_contest.play

    async def beaten(match: gate_contest.Match) -> object:
        verdict = await play(match)
        if match.challenger.version.endswith(other[-12:]):
            with Home(here.home).own():
                pass  # nobody holds it
            monkeypatch.undo()
            monkeypatch.setenv("ATTUNE_ENCODER", "hash")
            monkeypatch.setenv("ATTUNE_LLM", "scripted")
            await promote(here, Asked(str(first), [questions]))
            return gate_contest.Verdict(True, (), verdict.holdout, verdict.report)
        return verdict

    other = gate_promotion._version(Home(here.home), str(second)).id
    monkeypatch.setattr(gate_contest, "play", beaten)
    with pytest.raises(PromotionConflictError, match="by now, and no longer what ships"):
        await promote(here, Asked(str(second), [questions]))


async def test_commands_at_once_wait_for_each_other(here: Settings) -> None:
    async def look() -> int:
        async with registry_of(here) as registry:
            return len((await registry.overview()).in_use)

    assert await asyncio.gather(*(look() for _ in range(4))) == [4] * 4


async def test_the_registry_of_a_server_says_what_is_wrong(here: Settings) -> None:
    from app.registry_door import RefusedError

    async with served(here), registry_of(here) as registry:
        with pytest.raises(RefusedError, match="there is nothing to roll back"):
            await registry.rollback("selector")
        with pytest.raises(RefusedError, match="there is no version retriever-000000000000"):
            await registry.show("retriever-000000000000")


async def test_what_is_no_version_and_a_generator_beside_another_model_are_named(
    here: Settings, questions: Path
) -> None:
    with pytest.raises(EvaluationError, match="'nothing' is no folder and no version"):
        await promote(here, Asked("nothing", [questions]))
    from generation import adapter

    with pytest.raises(EvaluationError, match="ATTUNE_LLM is scripted"):
        await promote(here, Asked(str(adapter.SHIPPED), [questions]))


async def test_questions_that_it_was_trained_on_are_left_out(here: Settings, questions: Path, tmp_path: Path) -> None:
    from app import versions
    from evaluation.holdout import held_back

    version = versions.adopt(Home(here.home), trained_retriever(tmp_path / "out"))
    seen = versions.Version(
        version.id, version.kind, {**version.manifest, "data": [{"name": "translated", "examples": 40}]}, version.files
    )
    async with registry_of(here) as registry:
        in_use = {one.kind: one for one in (await registry.overview()).in_use}
    match = gate_promotion._match(here, Home(here.home), seen, in_use, Asked(version.id, [questions]))
    verdict = await gate_contest.play(match)
    assert verdict.report["held_back"] == ["translated"]
    assert verdict.report["n"] == len(held_back(questions)) < 60
