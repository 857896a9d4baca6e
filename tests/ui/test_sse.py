from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from ui.sse import ServerEvent, read_events

DATA = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: not text.startswith(" ")
)


async def chunks_of(body: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size
    yield body[start:]


async def parsed(body: bytes, sizes: list[int] | None = None) -> list[ServerEvent]:
    return [event async for event in read_events(chunks_of(body, sizes or []))]


@given(st.lists(DATA, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(1, 9), max_size=60))
async def test_events_survive_any_cut_into_chunks_and_any_line_end(data: list[str], end: str, sizes: list[int]) -> None:
    body = "".join(f"event: token{end}data: {text}{end}{end}" for text in data)
    assert await parsed(body.encode(), sizes) == [ServerEvent("token", text) for text in data]


async def test_a_line_separator_inside_json_does_not_end_the_line() -> None:
    assert await parsed('data: {"text":"a\u2028b\u0085c"}\n\n'.encode()) == [
        ServerEvent("message", '{"text":"a\u2028b\u0085c"}')
    ]


async def test_comments_and_empty_events_are_passed_over_and_data_lines_joined() -> None:
    body = b": ping\n\nevent: status\n\nid: 7\nretry: 10\ndata: one\ndata:two\n\n"
    assert await parsed(body) == [ServerEvent("message", "one\ntwo")]


async def test_an_event_without_its_empty_line_is_not_dispatched() -> None:
    assert await parsed(b"data: whole\n\ndata: cut o") == [ServerEvent("message", "whole")]
