"""Follow-up questions over the door: about what is near the sources, of documents that may be read, while wanted."""

from typing import Any

import httpx

from tests.conftest import Upload

FILLING = (
    "The warden writes it down in the book beside the door, with the day and the names of all who were there. " * 4
)
HANDBOOK = "# Hut handbook\n\n" + "".join(
    f"## {heading}\n\n{text} {FILLING}\n\n"  # short sections would be read as one
    for heading, text in (
        ("Fire", "Everybody meets at the flagpole when the fire alarm sounds in the hut."),
        ("Frost", "Drain the water pipes before the first frost, and leave the taps open."),
        ("Lost keys", "Whoever has lost the keys of the hut pays forty francs for new ones."),
    )
)


async def asked(client: httpx.AsyncClient, question: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/chat", json={"question": question, "stream": False, **more})
    assert answer.status_code == 200, answer.text
    turn: dict[str, Any] = answer.json()
    return turn


async def suggested(client: httpx.AsyncClient, turn: str, **query: Any) -> list[str]:
    answer = await client.get(f"/api/v1/turns/{turn}/suggestions", params=query)
    assert answer.status_code == 200, answer.text
    return [one["question"] for one in answer.json()["items"]]


async def test_sections_near_the_source_are_suggested_to_whoever_asked_and_wants_it(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    document = (await upload(client, "handbook.md", HANDBOOK)).document.id
    other = (await upload(client, "songs.txt", "We sing in the evening.")).document.id
    turn = await asked(client, "Where does everybody meet when the fire alarm sounds?")
    assert turn["citations"][0]["heading"].endswith("Fire")
    found = await suggested(client, turn["id"])
    assert found
    assert {one.split("“")[1] for one in found} <= {"Frost”?", "Lost keys”?"}
    assert all("über „" in one for one in await suggested(client, turn["id"], language="de"))
    assert await suggested(client, turn["id"], documents=document) == found
    assert await suggested(client, turn["id"], documents=other) == [], "there they would not be answered"
    again = await asked(client, found[0], conversation_id=turn["conversation_id"])
    assert not again["abstained"]
    assert found[0] not in await suggested(client, again["id"])

    path = f"/api/v1/turns/{turn['id']}/suggestions"
    assert (await other_client.get(path)).status_code == 404
    assert (await client.get(path, params={"documents": turn["id"]})).status_code == 404
    assert (await client.patch("/api/v1/me", json={"suggests": False})).json()["suggests"] is False
    assert await suggested(client, turn["id"]) == []
    assert (await client.delete(f"/api/v1/documents/{document}")).status_code == 204
    await client.patch("/api/v1/me", json={"suggests": True})
    assert await suggested(client, turn["id"]) == [], "what is gone is not asked about"


async def test_small_talk_leads_nowhere(client: httpx.AsyncClient) -> None:
    turn = await asked(client, "Hello!")
    assert await suggested(client, turn["id"]) == []
