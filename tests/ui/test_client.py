from contextlib import aclosing
from pathlib import Path

import pytest

from app.schemas import AnswerEvent, ChatRequest, ErrorEvent, SearchRequest, SourcesEvent, StatusEvent, TokenEvent
from app.schemas_preferences import EditCostPoint, PreferenceUpdate
from tests.ui.conftest import eventually, free_port
from tests.ui.stand_in import NOW, StandIn
from tests.ui.wire_conversations import start
from ui.client import ApiClient, ApiError

BOMB = ErrorEvent(type="about:blank", title="Model unavailable", status=503, detail="start the model server")


async def test_a_password_is_traded_for_a_token_that_later_calls_carry(script: StandIn, base_url: str) -> None:
    script.add_person("ada@example.org")
    async with ApiClient(base_url) as client:
        with pytest.raises(ApiError) as refused:
            await client.me()
        assert (refused.value.status, refused.value.detail) == (401, "log in first")
        await client.login("ada@example.org", "correct horse battery")
        assert (await client.me()).email == "ada@example.org"


async def test_a_login_code_works_once(script: StandIn, base_url: str) -> None:
    script.add_person("ada@example.org")
    async with ApiClient(base_url) as client:
        assert await client.login(code="code-of-ada@example.org") == "token-of-ada@example.org"
        with pytest.raises(ApiError, match="not valid"):
            await client.login(code="code-of-ada@example.org")


async def test_two_people_over_one_connection_pool_never_mix(script: StandIn, base_url: str) -> None:
    tokens = [script.add_person("ada@example.org"), script.add_person("bob@example.org")]
    async with ApiClient(base_url) as shared:
        ada, bob = (shared.as_person(token) for token in tokens)
        # A server that sets a cookie must not give the next caller on the pool an identity.
        await shared._api.send("POST", "/api/v1/auth/session", json={"code": "code-of-ada@example.org"})
        await ada.upload(b"Ada's", "ada.txt")
        assert [d.name for d in (await ada.documents()).items] == ["ada.txt"]
        assert (await bob.documents()).items == []
        with pytest.raises(ApiError) as refused:
            await shared.me()
        assert refused.value.status == 401


async def test_files_are_uploaded_from_disk_or_memory_and_their_job_watched(ada: ApiClient, tmp_path: Path) -> None:
    (tmp_path / "on disk.txt").write_text("leave")
    upload = await ada.upload(tmp_path / "on disk.txt")
    assert upload.document.name == "on disk.txt"
    assert (await ada.document(upload.document.id)).status == "indexed"
    assert upload.job_id is not None
    states = [job async for job in ada.watch_job(upload.job_id)]
    assert [(job.state, job.done) for job in states] == [("running", 0), ("running", 1), ("running", 2), ("done", 3)]
    assert (await ada.job(upload.job_id)).state == "done"
    in_memory = await ada.upload(b"leave", "locked.pdf", source="/home/ada/locked.pdf")
    await ada.delete_document(upload.document.id)
    assert [d.id for d in (await ada.documents()).items] == [in_memory.document.id]


async def test_a_refused_upload_says_why(ada: ApiClient) -> None:
    with pytest.raises(ApiError) as refused:
        await ada.upload(b"HUGE file", "big.pdf")
    assert (refused.value.status, refused.value.title) == (413, "Too large")
    assert refused.value.detail == "big.pdf is larger than 200 MB: split it"


async def test_passages_come_page_by_page(ada: ApiClient) -> None:
    document = (await ada.upload(b"leave", "a.txt")).document
    first = await ada.passages(document.id)
    rest = await ada.passages(document.id, first.next_cursor)
    assert [p.position for p in (*first.items, *rest.items)] == [0, 1]
    assert rest.next_cursor is None


async def test_a_turn_arrives_as_typed_events_and_ends_with_its_answer(ada: ApiClient, script: StandIn) -> None:
    conversation = start(next(iter(script.accounts.values())), "Leave")
    request = ChatRequest(question="How much leave?", conversation_id=conversation.id, stream=False)
    events = [event async for event in ada.chat(request)]
    assert {StatusEvent, SourcesEvent, TokenEvent, AnswerEvent} == {type(event) for event in events}
    assert "".join(e.text for e in events if isinstance(e, TokenEvent)) == script.answer
    last = events[-1]
    assert isinstance(last, AnswerEvent)
    assert [c.marker for c in last.turn.citations] == [1, 2]
    assert (await ada.conversation(conversation.id)).turns == [last.turn]
    assert [c.title for c in (await ada.conversations()).items] == ["Leave"]
    assert script.asked[0][1].stream  # whatever was asked, this is the streaming call


async def test_a_failed_turn_ends_with_the_error_event(ada: ApiClient, script: StandIn) -> None:
    script.failure = BOMB
    events = [event async for event in ada.chat(ChatRequest(question="How much leave?"))]
    assert events[-1] == BOMB


async def test_closing_the_iterator_stops_the_turn_on_the_server(ada: ApiClient, script: StandIn) -> None:
    script.pace = 0.05
    async with aclosing(ada.chat(ChatRequest(question="How much leave?"))) as events:
        async for event in events:
            if isinstance(event, TokenEvent):
                break
    assert await eventually(script.stopped)


async def test_a_stream_that_breaks_off_is_an_error_and_not_an_answer(ada: ApiClient, script: StandIn) -> None:
    script.break_off = True
    with pytest.raises(ApiError, match="ask again"):
        async for _ in ada.chat(ChatRequest(question="How much leave?")):
            pass


async def test_search_returns_hits(ada: ApiClient, script: StandIn) -> None:
    found = await ada.search(SearchRequest(query="leave", k=1))
    assert [hit.text for hit in found.hits] == script.passages[:1]


async def test_an_unready_server_says_what_is_missing(ada: ApiClient) -> None:
    assert (await ada.health()).missing == ["weights of smollm2"]


async def test_a_server_that_is_not_there_is_named_with_the_remedy() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with ApiClient(url) as client:
        with pytest.raises(ApiError, match="attune up") as refused:
            await client.me()
    assert refused.value.status == 503
    assert url in refused.value.detail


async def an_answer(ada: ApiClient) -> str:
    events = [event async for event in ada.chat(ChatRequest(question="How much leave?"))]
    assert isinstance(events[-1], AnswerEvent)
    return events[-1].turn.id


async def test_an_edit_is_learned_from_later_and_forgotten_when_told(ada: ApiClient, script: StandIn) -> None:
    turn = await an_answer(ada)
    made = await ada.edit_answer(turn, "28 days [1].")
    assert (made.draft, made.text, made.learning) == (script.answer, "28 days [1].", "pending")
    assert (await ada.edits(turn)).items[0].id == made.id
    learned = await ada.edit(made.id)
    assert [p.description for p in learned.learned] == [script.lesson]
    await ada.forget_learned(made.id)
    assert (await ada.edit(made.id)).learning == "forgotten"
    assert (await ada.preferences()).items == []


async def test_preferences_are_stated_changed_field_by_field_and_deleted(ada: ApiClient) -> None:
    stated = await ada.state_preference("Short bullet points, please", scope="e-mails")
    assert (stated.source, stated.scope, stated.pinned) == ("stated", "e-mails", True)
    switched = await ada.change_preference(stated.id, PreferenceUpdate(active=False))
    assert (switched.active, switched.scope, switched.description) == (False, "e-mails", stated.description)
    widened = await ada.change_preference(stated.id, PreferenceUpdate(scope=None))
    assert (widened.active, widened.scope) == (False, None)
    assert (await ada.provenance(stated.id)).items == []
    await ada.delete_preference(stated.id)
    with pytest.raises(ApiError) as gone:
        await ada.delete_preference(stated.id)
    assert gone.value.status == 404
    for words in ("one", "two", "three"):
        await ada.state_preference(words)
    page = await ada.preferences(limit=2)
    rest = await ada.preferences(page.next_cursor, limit=2)
    assert [p.description for p in (*page.items, *rest.items)] == ["one", "two", "three"]
    await ada.delete_preferences()
    assert (await ada.preferences()).items == []


async def test_edit_cost_is_a_list_of_points(ada: ApiClient, script: StandIn) -> None:
    point = EditCostPoint(until=NOW, answers=20, mean_cost=0.3)
    next(iter(script.accounts.values())).costs.append(point)
    assert await ada.edit_cost() == [point]
