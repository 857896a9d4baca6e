"""How content somebody was: logged once with inputs and version, and held against votes for the operator."""

from pathlib import Path

import httpx
import pytest

from app.models import Feedback, Turn, new_id
from app.satisfaction import evidence_of, voted
from app.services import Services
from app.settings import Settings
from tests.app.giving import events, give
from tests.app.rewriting import LONG, NOTE, ask, rewrite
from tests.app.signalling_slowly import settings_in
from tests.app.test_feedback_export import operator
from tests.app.test_signalling import read_out, reply
from tests.conftest import Upload
from tests.personalization.heads import write_by_hand

__all__ = ["operator"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "home", write_by_hand(tmp_path / "head")).model_copy(update={"flr": True})


async def test_the_chance_is_logged_with_all_that_spoke_for_or_against(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    liked = await ask(client)
    await give(client, "turns", liked.id, "up")
    await give(client, "turns", liked.id, "copied")
    disliked = await reply(client, liked, "Thanks! And does the warden come before noon?")
    await give(client, "exposures", disliked.exposures[0].id, "wrong")
    await reply(client, disliked, "No, that is useless.")
    await read_out(services)
    found = [
        event.satisfaction
        for turn in (liked, disliked)
        for event in await events(client, turn.id)
        if event.kind == "satisfaction"
    ]
    high, low = found
    assert high is not None and low is not None
    assert high.chance > 0.95 and low.chance < 0.5 and high.by == disliked.id
    assert {"vote", "copied", "next_message", "follow_ups"} == set(high.inputs)
    assert low.inputs["sources_wrong"] == 1 and low.inputs["next_message"] < 0
    assert high.version == "declared-1"


async def test_a_vote_on_ones_own_text_says_nothing_of_the_answer(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    turn = await ask(client)
    await give(client, "turns", turn.id, "down")
    await rewrite(client, turn.id, LONG)
    await give(client, "turns", turn.id, "up")
    async with services.database.session() as session:
        evidence = (await evidence_of(session, [turn.id]))[turn.id]
    assert evidence.vote == -1 and evidence.edit_cost and 0 < evidence.edit_cost < 1


async def test_the_operator_sees_how_votes_bear_it_out_and_nobody_is_everybody(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient
) -> None:
    first = await ask(client, "Hello!")
    async with services.database.session() as session:
        found = await session.get(Turn, first.id)
        assert found is not None
        for number in range(60):
            turn = Turn(conversation_id=found.conversation_id, person_id=found.person_id, question=f"{number}?")
            session.add(turn)
            await session.flush()
            for kind in ("copied", "up") if number % 3 else ("reasked", "down"):
                session.add(Feedback(id=new_id(), person_id=found.person_id, turn_id=turn.id, kind=kind))
    async with services.database.session() as session:
        assert len(await voted(session)) == 50, "one person's votes count so often and no oftener"
    told = (await operator.get("/api/v1/admin/satisfaction")).json()
    assert (told["n"], told["version"], told["slope"]) == (50, "declared-1", 1.0)
    assert told["brier"] == told["brier_declared"] < told["brier_base"]
    assert [(one["n"] > 0, one["share_up"]) for one in told["bins"]] == [(True, 0.0), (True, 1.0)]
    assert (await client.get("/api/v1/admin/satisfaction")).status_code == 403


def test_the_rubric_is_no_task_for_the_embedded_model(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ATTUNE_LLM=openai"):
        Settings(home=tmp_path, rubric=True)
