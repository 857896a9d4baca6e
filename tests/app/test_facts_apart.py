"""Property: whatever two people say of themselves and their sources, neither ever sees or inherits the other's."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from app import preferences
from app.services import Services
from tests.app.rewriting import ask
from tests.app.test_facts import say

PEOPLE = {"ann": ("I am a nurse.", "only use the 2024 manuals"), "ben": ("I am a cook.", "never use the wiki")}
ACTS = st.lists(
    st.tuples(st.sampled_from(["ann", "ben"]), st.sampled_from(["ask", "type", "rule", "clear"])), max_size=6
)


@given(acts=ACTS)
@bounds(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_two_people_say_neither_ever_sees_what_the_other_said(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, acts: list[tuple[str, str]]
) -> None:
    clients = {"ann": client, "ben": other_client}
    for person in clients.values():
        await person.delete("/api/v1/me/facts")
        await person.delete("/api/v1/preferences")
    for who, act in acts:
        await _do(clients[who], act, *PEOPLE[who])
    for who, mine in clients.items():
        fact, rule = PEOPLE[who]
        seen: list[dict[str, Any]] = (await mine.get("/api/v1/me/facts")).json()["items"]
        rules: list[dict[str, Any]] = (await mine.get("/api/v1/me/rules")).json()["items"]
        assert {one["text"] for one in seen} <= {fact} and {one["text"] for one in rules} <= {rule}
        me = (await mine.get("/api/v1/me")).json()["id"]
        async with services.database.session() as session:
            services.recall.expect(me, await preferences.version(session, me))
        known = await services.memory.remember(me, "Am I a nurse or a cook?")
        assert all(fact in hit.passage.text for hit in known.facts)
        assert {one.text for one in known.rules} <= {rule}
        other = clients["ben" if who == "ann" else "ann"]
        for one in seen:
            assert (await other.delete(f"/api/v1/me/facts/{one['id']}")).status_code == 404


async def _do(client: httpx.AsyncClient, act: str, fact: str, rule: str) -> None:
    match act:
        case "ask":
            await ask(client, f"{fact} How long is the notice period?")
        case "type":
            await say(client, fact)
        case "rule":
            assert (await client.post("/api/v1/me/rules", json={"text": rule})).status_code == 201
        case "clear":
            await client.delete("/api/v1/me/facts")
