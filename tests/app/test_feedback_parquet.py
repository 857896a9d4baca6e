"""Parquet exports hold what JSON lines hold, and take no more memory for more rows."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI

from app.feedback_commands import write_export
from app.feedback_parquet import FREE, to_parquet
from app.models import Person
from app.services import Services
from app.settings import Settings
from tests.app.logging_turns import Log
from tests.app.test_quality import person as add_person
from tests.conftest import client_of, running

ROW: dict[str, Any] = {
    "turn_id": "t",
    "question": "Where?\nThere “?”",
    "prompt": [{"role": "user", "content": "Ü"}],
    "versions": {"generator": "a"},
    "score": 1,
    "edited_answer": None,
    "exposures": [],
}


def opened(value: Any) -> Any:
    """A row of Parquet as the line of JSON had it, but for what it left out."""
    if isinstance(value, list):
        return [opened(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: json.loads(one) if name in FREE and one is not None else opened(one)
        for name, one in value.items()
        if one is not None
    }


def without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: one if name in FREE else without_nulls(one) for name, one in value.items() if one is not None}


def written(lines: Path, out: Path) -> int:
    with lines.open("rb") as rows, out.open("wb") as columns:
        return to_parquet(rows, columns)


def columns_of(out: Path) -> list[Any]:
    return [opened(row) for row in pq.read_table(out).to_pylist()]


def rows_of(lines: Path) -> list[Any]:
    return [without_nulls(json.loads(line)) for line in lines.read_text().splitlines()]


def test_rows_are_the_same_also_where_only_late_ones_fill_a_column(tmp_path: Path) -> None:
    late = ROW | {"score": 0.5, "edited_answer": "Here.", "exposures": [{"rank": 1, "value": {"a": None}}], "new": True}
    rows = [ROW] * 700 + [late]
    lines, out = tmp_path / "a.jsonl", tmp_path / "a.parquet"
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    assert written(lines, out) == 701
    assert columns_of(out) == rows_of(lines)
    lines.write_text("")
    assert written(lines, out) == 0
    assert pq.read_table(out).num_rows == 0


async def test_an_export_to_parquet_agrees_with_the_one_to_json_lines(settings: Settings, tmp_path: Path) -> None:
    async with running(settings) as app:
        services: Services = app.state.services
        log = Log(services.database, await add_person(services, "ann@example.org", trains_others=True))
        for number in range(3):
            turn = await log.turn(log.people[0].created_at, shown="**law *fact", versions={"generator": f"g{number}"})
            await log.say(turn, "down", log.people[0].created_at, text="no", reasons=["incorrect"])
            await log.say(turn, "citation_opened", log.people[0].created_at, 1)
            said: dict[str, Any] = {"inputs": {f"input {number}": 1.0}, "chance": 0.5, "by": turn, "version": "v"}
            await log.say(turn, "satisfaction", log.people[0].created_at, **said)
    for form in ("turns", "labels", "kto", "dpo"):
        lines, out = tmp_path / f"{form}.jsonl", tmp_path / f"{form}.parquet"
        assert await write_export(settings, lines, form, None) == await write_export(settings, out, form, None)
        assert columns_of(out) == rows_of(lines), form
        assert ungoverned(lines) == [], f"{form}: keys that are data are JSON text, or other rows get them, too"


async def test_the_servers_own_file_is_the_same_leaves_nothing_and_is_for_admins(
    app: FastAPI, services: Services, person: Person
) -> None:
    log = Log(services.database, person)
    turn = await log.turn(person.created_at, shown="**law", versions={"generator": "g"})
    await log.say(turn, "helped", person.created_at, 1)
    path, asked = "/api/v1/admin/feedback", {"format": "turns", "file": "parquet"}
    before = sorted(services.home.root.iterdir())
    async with (
        client_of(app, "ad@example.org", "admin") as admin,
        client_of(app, "op@example.org", "operator") as other,
    ):
        found = await admin.get(path, params=asked)
        lines = (await admin.get(path, params={"format": "turns"})).text.splitlines()
        assert (await other.get(path, params=asked)).status_code == 403
    assert found.headers["content-disposition"] == 'attachment; filename="attune-turns.parquet"'
    rows = [opened(row) for row in pq.read_table(io.BytesIO(found.content)).to_pylist()]
    assert rows == [without_nulls(json.loads(line)) for line in lines] != []
    assert sorted(services.home.root.iterdir()) == before


def ungoverned(lines: Path) -> list[str]:
    """Names of objects that have other keys in other rows, and that are no text in Parquet."""
    seen: dict[str, set[frozenset[str]]] = {}

    def look(name: str, value: Any) -> None:
        if isinstance(value, dict):
            seen.setdefault(name, set()).add(frozenset(value))
        for key, one in value.items() if isinstance(value, dict) else ():
            if key not in FREE:
                look(f"{name}.{key}", one)
        for one in value if isinstance(value, list) else ():
            look(name, one)

    for line in lines.read_text().splitlines():
        look("", json.loads(line))
    return [name for name, keys in seen.items() if len(keys) > 1]


MEASURE = """
import json, resource, sys
from pathlib import Path
from app.feedback_parquet import to_parquet
row = {"question": "q" * 1000, "versions": {"a": "b"}, "exposures": [{"text": "t" * 300, "rank": n} for n in range(5)]}
lines = Path(sys.argv[1]) / "a.jsonl"
with lines.open("w") as file:
    for number in range(int(sys.argv[2])):
        file.write(json.dumps(row | {"turn_id": str(number)}) + chr(10))
with lines.open("rb") as rows, lines.with_suffix(".parquet").open("wb") as columns:
    to_parquet(rows, columns)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        command = [sys.executable, "-c", MEASURE, str(tmp_path), str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return int(done.stdout)

    few, many = peak(5_000), peak(100_000)
    assert many < few + 40_000, f"{few} kB for 5,000 rows, {many} kB for 100,000"
    assert (tmp_path / "a.jsonl").stat().st_size > 250_000_000
