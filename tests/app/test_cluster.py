"""Work on a Ray cluster gives what the same work gives here.

With the extra `ray` installed (`pip install 'attune[ray]'`): `pytest -m ray`. It starts a cluster on this machine.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app import bulk, cluster
from app.cluster import ClusterError, spread
from app.settings import Settings
from generation.scripted import ScriptedModel
from retrieval.types import Query
from tests.conftest import client_of, running
from tests.training.test_annotation import asked
from training.annotation_elsewhere import on_cluster
from training.annotation_gain import AnswerGain
from training.annotation_run import annotate_all
from ui import terminal
from ui.client import ApiClient

TEXT = "The lighthouse of Quenholm was built in 1871 by the warden Vrbloom. "


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[None]:
    """One for all: starting it takes ten seconds."""
    ray: Any = pytest.importorskip("ray", reason="install the extra `ray`")
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    yield
    ray.shutdown()


async def test_what_ray_needs_is_said_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install 'attune\[ray\]'"):
        async for _ in spread(None, doubling, [1]):
            pass


def test_a_cluster_is_told_no_key_of_the_home(settings: Settings) -> None:
    secret = "https://hidden.example/"  # fits whatever a setting asks of its value
    kinds = {name: str(field.annotation) for name, field in Settings.model_fields.items()}
    ours = {name for name, kind in kinds.items() if "SecretStr" in kind} | {"database_url"}
    assert len(ours) >= 5
    read = cluster.told(
        settings.model_copy(update={name: SecretStr(secret) for name in ours} | {"database_url": secret})
    )
    assert {name for name in ours if getattr(read, name) is not None} == {"llm_api_key"}


class Doubling:
    """Doubles; a text it cannot."""

    async def do(self, item: Any) -> int:
        await asyncio.sleep(0)
        if isinstance(item, str):
            raise TypeError(f"{item} cannot be doubled")
        return 2 * int(item)


async def doubling() -> Doubling:
    return Doubling()


@pytest.mark.ray
async def test_every_item_is_done_once_and_a_failure_ends_all_with_its_reason(ray_cluster: None) -> None:
    assert dict([one async for one in spread(None, doubling, range(30))]) == {one: 2 * one for one in range(30)}
    assert [one async for one in spread(None, doubling, [])] == []
    with pytest.raises(ClusterError, match="TypeError: three cannot be doubled"):
        async for _ in spread(None, doubling, [1, 2, "three"]):
            pass


@pytest.mark.ray
async def test_files_are_taken_in_as_on_this_machine(ray_cluster: None, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.md").write_text(f"# Year {number}\n\n{TEXT * 40} In year {number} it was painted.")
    (folder / "again.md").write_bytes((folder / "3.md").read_bytes())
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    files = terminal.files_below([folder])

    def told(report: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [(one["path"], one["status"], one["passages"]) for one in terminal.told_once(report["files"])]

    there = await bulk.ingest(settings, None, files, None)
    again = await bulk.ingest(settings, None, files, None)
    here = settings.model_copy(update={"home": tmp_path / "other"})
    async with running(here) as app, client_of(app, "ann@example.org") as wire:
        ann = ApiClient("http://test", wire.headers["Authorization"].removeprefix("Bearer "), transport=wire._transport)
        local = await terminal.ingest(ann, [folder], quiet=True)
    assert told(there) == told(local)
    assert {status for _, status, _ in told(there)} == {"indexed", "duplicate", "unreadable"}
    assert {one["status"] for one in again["files"]} == {"unchanged", "duplicate", "unreadable"}
    async with running(settings) as app:
        services = app.state.services
        owner = await services.auth.ensure_owner()
        async with client_of(app, "eve@example.org") as eve:
            assert (await eve.post("/api/v1/search", json={"query": "lighthouse"})).json()["hits"] == []
        assert await services.index.count() == sum(
            passages for _, status, passages in told(there) if status == "indexed"
        )
        vectors = await services.encoder.encode_queries([TEXT])
        found = await services.index.search(Query(TEXT, frozenset({owner.id})), vectors[0])
        assert found and "Vrbloom" in found[0].passage.text


@pytest.mark.ray
async def test_labels_are_those_that_are_made_here(ray_cluster: None, settings: Settings, tmp_path: Path) -> None:
    questions = [asked("Canberra it is.", f"Sydney {number}", identity=f"q{number}") for number in range(20)]
    annotator, model = AnswerGain(), ScriptedModel()
    there = on_cluster(settings, annotator, None)
    made = [await annotate_all(questions, annotator, model, tmp_path / "there.jsonl", there)]
    made.append(await annotate_all(questions, annotator, model, tmp_path / "here.jsonl"))
    rows = [(tmp_path / f"{name}.jsonl").read_text().splitlines() for name in ("there", "here")]
    assert rows[0] == rows[1] and len(rows[0]) == 40
    assert json.loads(rows[0][0])["method"] == "answer-gain"
    assert made[0] | {"out": ""} == made[1] | {"out": ""}
