"""compose.yaml: valid by its specification, without a default password, and with settings that exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

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


def test_every_service_is_watched_and_every_image_has_a_version(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert name == "worker" or "healthcheck" in service, name
        assert service["restart"] == "unless-stopped", name
        assert re.search(r":v?[0-9][\w.]*$", service["image"]), name
    named = {volume.split(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert named == set(compose["volumes"])


def test_the_image_holds_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert copied == packages
