"""The policy begins a run when enough new was said, once, and tells what it still waits for."""

from typing import Any, cast

import httpx
import pytest

from app.jobs import Progress
from app.models import Person, utc_now
from app.models_training import TrainingPolicy, TrainingRun
from app.services import Services
from app.training_runs_policy import is_quiet
from app.training_runs_steps import Steps, Workshop
from tests.app.giving import give
from tests.app.training import RUNS, Judged, ended, fill_log, put_holdout, write_log

POLICY = "/api/v1/admin/training-policy"


async def standing(operator: httpx.AsyncClient) -> dict[str, Any]:
    policy = (await operator.get(POLICY)).json()
    found: dict[str, Any] = next(one for one in policy["standing"] if one["kind"] == "retriever")
    return found


async def look(services: Services, operator: httpx.AsyncClient) -> int:
    """How many runs the policy begins now; they are stopped before they cost anything."""
    begun = await services.training.look(utc_now())
    for run_id in begun:
        assert (await operator.delete(f"{RUNS}/{run_id}")).status_code == 204
    return len(begun)


async def test_a_run_begins_by_itself_when_enough_new_was_said_and_only_once(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    await fill_log(services, person, 20)  # 60 labels
    assert (await standing(operator))["waits_for"] == "the policy is off"
    assert await look(services, operator) == 0
    changed = await operator.patch(POLICY, json={"enabled": True, "labels": 60, "minutes": 1})
    assert (changed.status_code, changed.json()["changed_by"] is not None) == (200, True)
    waits = (await standing(operator))["waits_for"]
    assert waits.startswith("nothing decides whether a trained retriever may answer")
    assert await look(services, operator) == 0
    put_holdout(services)
    assert (await standing(operator))["waits_for"] is None
    assert await look(services, operator) == 1
    (run,) = (await operator.get(RUNS)).json()["items"]
    assert (run["trigger"], run["minutes"], run["started_by"]) == ("policy", 1, None)
    assert await look(services, operator) == 0
    assert (await standing(operator))["waits_for"].startswith("0 new labels of 60, 60 in all")
    await fill_log(services, person, 20)
    assert await look(services, operator) == 1


async def test_what_was_taken_back_is_no_label(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    ((one, other, opened),) = await write_log(services, person, [Judged("Where?", ["North.", "South.", "East."])])
    assert (await standing(operator))["labels"] == 3
    await give(client, "exposures", opened, "citation_opened")
    for exposure in (one, other, opened):
        await give(client, "exposures", exposure, "withdrawn")
    await give(client, "exposures", other, "wrong")
    assert (await standing(operator))["labels"] == 2, "one was judged again, and one was opened"


async def test_worn_questions_begin_nothing(
    operator: httpx.AsyncClient,
    client: httpx.AsyncClient,
    person: Person,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.training_runs_policy.MOST", 0)
    await client.patch("/api/v1/me", json={"trains_others": True})
    await fill_log(services, person, 20)
    place = put_holdout(services).parent
    await operator.patch(POLICY, json={"enabled": True, "labels": 1})
    assert (await standing(operator))["waits_for"] == f"the questions in {place} have decided 0 times: put others there"
    assert await look(services, operator) == 0


async def test_the_generator_is_trained_by_the_method_that_the_policy_names(
    operator: httpx.AsyncClient, services: Services
) -> None:
    async def generators() -> dict[str, str]:
        policy = (await operator.get(POLICY)).json()
        return {one["method"]: one["waits_for"] for one in policy["standing"] if one["kind"] == "generator"}

    await operator.patch(POLICY, json={"enabled": True, "method": "kto", "labels": 1})
    waits = await generators()
    assert waits["dpo"] == "the policy trains the generator by kto"
    assert waits["kto"] == "0 new labels of 1, 0 in all of 50 at least"
    assert (await operator.patch(POLICY, json={"method": "sft"})).status_code == 422
    begun = (await operator.post(RUNS, json={"kind": "generator", "method": "kto"})).json()
    assert begun["method"] == "kto"
    assert (await operator.post(RUNS, json={"kind": "selector", "method": "kto"})).json()["method"] is None
    run = await ended(operator, begun["id"])
    assert "ATTUNE_LLM is scripted" in run["error"]
    async with services.database.session() as session:
        row = await session.get(TrainingRun, begun["id"])
    assert row is not None
    assert Steps(cast(Workshop, None), row, cast(Progress, None)).form == "kto"


async def test_half_a_quiet_time_is_refused_and_both_hours_can_be_taken_away(operator: httpx.AsyncClient) -> None:
    assert (await operator.patch(POLICY, json={"quiet_from": 8})).status_code == 422
    assert (await operator.patch(POLICY, json={"quiet_from": 8, "quiet_until": None})).status_code == 422
    await operator.patch(POLICY, json={"quiet_from": 8, "quiet_until": 18})
    assert (await operator.patch(POLICY, json={"minutes": 5})).json()["quiet_until"] == 18
    gone = (await operator.patch(POLICY, json={"quiet_from": None, "quiet_until": None})).json()
    assert (gone["quiet_from"], gone["minutes"]) == (None, 5)


@pytest.mark.parametrize(
    ("hours", "quiet"), [((8, 11), [8, 9, 10]), ((22, 2), [0, 1, 22, 23]), ((3, 3), []), ((None, None), [])]
)
def test_quiet_hours_may_go_over_midnight(hours: tuple[int | None, int | None], quiet: list[int]) -> None:
    policy = TrainingPolicy(quiet_from=hours[0], quiet_until=hours[1])
    assert [hour for hour in range(24) if is_quiet(policy, hour)] == quiet
