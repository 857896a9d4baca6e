"""compose.yaml: valid by its specification, without a default password, and with settings that exist."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app.metrics import Counts, Metrics
from app.models import Turn
from app.settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return content


def test_the_file_is_valid_by_the_compose_specification() -> None:
    checked = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    done = subprocess.run(checked, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_secret_has_a_default_and_each_is_in_the_example() -> None:
    text = (ROOT / "compose.yaml").read_text()
    example = dict(line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line)
    secrets = set(re.findall(r"\$\{(\w*(?:KEY|PASSWORD))\b", text))
    assert secrets == {"ATTUNE_SECRET_KEY", "POSTGRES_PASSWORD", "QDRANT_API_KEY", "LLM_API_KEY"}
    for secret in secrets:
        assert f"${{{secret}:?" in text, f"{secret} may be missing"
        assert f"${{{secret}:-" not in text, f"{secret} has a default"
        assert example[secret] == ""


def test_every_setting_exists_and_the_whole_is_accepted(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in compose["x-attune"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:\?[^}]*\}", "0123456789abcdef" * 4, value))
    settings = Settings(host="0.0.0.0")
    assert settings.deployment == "server"
    assert settings.database_url is not None
    assert (settings.index, settings.llm) == ("server", "openai")


def test_what_the_example_names_reaches_the_server_and_is_a_setting(compose: dict[str, Any]) -> None:
    assert compose["x-attune"]["env_file"] == [{"path": ".env", "required": False}]
    named = re.findall(r"^#?(ATTUNE_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(named) > 10
    assert {name.removeprefix("ATTUNE_").lower() for name in named} <= set(Settings.model_fields)


def test_every_service_is_watched_and_every_image_has_a_version(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert name == "worker" or "healthcheck" in service, name
        assert service["restart"] == "unless-stopped", name
        assert re.search(r":v?[0-9][\w.]*$", service["image"]), name
    named = {volume.split(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert named == set(compose["volumes"])


def test_what_watches_it_is_told_of_files_that_are_there_and_of_metrics_that_exist(compose: dict[str, Any]) -> None:
    for config in compose["configs"].values():
        assert yaml.safe_load((ROOT / config["file"]).read_text())
    watched = [compose["services"][name] for name in ("prometheus", "grafana")]
    assert {one["source"] for service in watched for one in service["configs"]} == set(compose["configs"])
    assert {one for service in watched for one in service["secrets"]} == set(compose["secrets"])
    asked = yaml.safe_load((ROOT / "deploy" / "prometheus.yaml").read_text())["scrape_configs"]
    assert asked[0]["authorization"]["credentials_file"] == "/run/secrets/metrics_token"
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "attune.json").read_text())
    source = yaml.safe_load((ROOT / "deploy" / "grafana" / "datasource.yaml").read_text())["datasources"][0]["uid"]
    known = series()
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == source
        for expression in (target["expr"] for target in panel["targets"]):
            [metric] = re.findall(r"\b(?:attune|process)_\w+", expression)
            labels = re.findall(r"by \(([^)]*)\)", expression) + re.findall(r"(\w+)=", expression)
            labels += re.findall(r"\{\{(\w+)\}\}", panel["targets"][0]["legendFormat"])
            wanted = {label for group in labels for label in group.split(", ")}
            assert wanted <= known[metric] | {"job", "instance"}, panel["title"]


def series() -> dict[str, set[str]]:
    """Every series that /metrics gives, and its labels."""
    metrics = Metrics()
    metrics.requests.labels("GET", "/", 200).observe(1)
    metrics.note_turn(Turn(conversation_id="c", person_id="p", question="?", state="complete", timings={"check": 1.0}))
    jobs: Counts = {("ingest", "queued"): 1}
    runs: Counts = {("selector", "policy", "done"): 1}
    text = metrics.exposition(jobs, {("indexed",): 1}, runs, {"generator": "1"}).decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def test_the_image_holds_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert copied == packages
