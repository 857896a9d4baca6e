"""What answers and what is closed while models are exchanged: decided by who still uses them and by free memory."""

import asyncio
from dataclasses import dataclass

import pytest

from app import serving
from app.serving import Models, Part, Serving
from generation.scripted import ScriptedModel
from retrieval.selector import KeepAll


@dataclass
class Watched:
    """A part whose closing can be seen."""

    closed: int = 0

    async def close(self) -> None:
        self.closed += 1


def part(version: str) -> tuple[Part[KeepAll], Watched]:
    watched = Watched()
    return Part("selector", f"selector-{version}", KeepAll(), version, watched.close), watched


def answering(selector: Part[KeepAll]) -> Serving:
    model = ScriptedModel()
    others = {kind: Part(kind, f"{kind}-1", None) for kind in ("retriever", "verifier")}
    return Serving(Models(Part("generator", "generator-1", model), selector=selector, encoder="encoder-1", **others))  # type: ignore[arg-type]  # nobody asks them


async def test_a_turn_keeps_what_it_began_with_and_the_next_one_gets_the_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "has_room", lambda: False)
    (old, watched), (new, _) = part("a"), part("b")
    answers = answering(old)
    with answers.lease() as first:
        answers.swap(new)
        with answers.lease() as second:
            assert (first.versions["selector"], second.versions["selector"]) == ("selector-a", "selector-b")
        await asyncio.sleep(0)
        assert watched.closed == 0, "a turn still uses it"
    await asyncio.sleep(0)
    assert watched.closed == 1
    await answers.close()
    assert watched.closed == 1


async def test_the_one_before_stays_open_for_a_rollback_and_the_one_before_that_is_closed() -> None:
    if not serving.has_room():
        pytest.skip("this machine has no room for a second model")
    parts = [part(name) for name in "abc"]
    answers = answering(parts[0][0])
    answers.swap(parts[1][0])
    assert answers.open_part("selector", "a") is parts[0][0]
    answers.swap(parts[2][0])
    await asyncio.sleep(0)
    assert [watched.closed for _, watched in parts] == [1, 0, 0]
    assert answers.open_part("selector", "a") is None
    answers.swap(parts[1][0])
    assert [answers.part("selector").version, answers.open_part("selector", "c")] == ["selector-b", parts[2][0]]
    await answers.close()
    assert [watched.closed for _, watched in parts] == [1, 1, 1]


async def test_without_room_the_one_before_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "free_bytes", lambda: serving.ROOM_BYTES - 1)
    (old, watched), (new, _) = part("a"), part("b")
    answers = answering(old)
    answers.swap(new)
    await asyncio.sleep(0)
    assert watched.closed == 1
    assert answers.open_part("selector", "a") is None


def test_free_memory_is_told_in_bytes() -> None:
    free = serving.free_bytes()
    assert free is None or 1 << 20 < free < 1 << 50
