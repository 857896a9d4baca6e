"""The tree keeps the rules of the house, and each rule is shown to notice a tree that breaks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import PACKAGES, violations

ROOT = Path(__file__).parent.parent
DOCSTRING = '"""A module."""\n'


def write(root: Path, path: str, source: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)


def test_the_tree_keeps_the_rules() -> None:
    assert [str(violation) for violation in violations(ROOT)] == []


def test_every_package_was_looked_at() -> None:
    assert [package for package in PACKAGES if not (ROOT / package / "__init__.py").is_file()] == []


def test_a_good_tree_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "retrieval/index_edge.py", DOCSTRING + "import qdrant_edge\n")
    write(tmp_path, "training/recipes/fit.py", DOCSTRING + "import torch\nfrom trl import DPOTrainer\n")
    write(tmp_path, "app/migrations/versions/0001.py", DOCSTRING + "def upgrade():\n" + "    pass\n" * 260)
    write(tmp_path, "app/cli.py", DOCSTRING + "def ask(a, b, c, d, e, f, g, h): ...\n")
    write(tmp_path, "app/jobs.py", DOCSTRING + "class Jobs:\n    def add(self, a, b, c, d, e, f): ...\n")
    write(tmp_path, "tests/test_torch.py", "import torch\n")
    write(tmp_path, "tests/__init__.py", "")
    assert violations(tmp_path) == []


BROKEN = {
    "qdrant outside the index": ("app/search.py", "import qdrant_client\n", "qdrant_client may be imported only in"),
    "a submodule of qdrant": ("app/search.py", "from qdrant_client.models import Filter\n", "retrieval/index*.py"),
    "edge in the retriever": ("retrieval/retriever.py", "import qdrant_edge\n", "retrieval/index*.py"),
    "torch inside a function": ("agents/nodes.py", "def f():\n    import torch\n", "torch may be imported only in"),
    "torch by name": ("app/x.py", "import importlib\nm = importlib.import_module('torch')\n", "torch may be"),
    "torch below the encoder": ("retrieval/encoder/deep.py", "import torch\n", "torch may be"),
    "torch in a look-alike": ("app/retrieval/encoder.py", "import torch\n", "torch may be"),
    "langgraph in the shell": ("app/chat.py", "from langgraph.graph import StateGraph\n", "only in agents/**"),
    "SQL in retrieval": ("retrieval/retriever.py", "from sqlmodel import select\n", "only in app/**"),
    "gradio in the shell": ("app/web.py", "import gradio as gr\n", "only in ui/**"),
    "openai in the agent": ("agents/nodes.py", "from openai import AsyncOpenAI\n", "generation/openai*.py"),
    "ray in the ingest": ("app/bulk.py", "import ray.data\n", "only in app/cluster.py"),
    "trainers in evaluation": ("evaluation/suites.py", "import peft\n", "only in training/**"),
    "mock by its path": ("tests/test_a.py", "import unittest.mock\n", "scripted implementation"),
    "mock by its name": ("tests/test_a.py", "from unittest import mock\n", "scripted implementation"),
    "mock's contents": ("tests/test_a.py", "from unittest.mock import MagicMock\n", "scripted implementation"),
    "a long module": ("app/long.py", "x = 1\n" * 250, "251 lines, 250 allowed"),
    "a long function": ("app/long.py", "def f():\n" + "    pass\n" * 40, "f has 41 lines, 40 allowed"),
    "a long method": ("app/long.py", "class A:\n  async def f(self):\n" + "    pass\n" * 40, "f has 41 lines"),
    "a long test": ("tests/test_a.py", "def test_f():\n" + "    pass\n" * 60, "test_f has 61 lines, 60 allowed"),
    "many parameters": ("app/a.py", "def f(a, b, c, d, /, e, *, g, h): ...\n", "f takes 7 parameters"),
    "a bag of functions": ("app/utils.py", "", "'utils' names no thing"),
    "a bag in a folder": ("app/job_helpers/a.py", "", "'job_helpers' names no thing"),
    "a manager": ("app/a.py", "class SessionManager: ...\n", "'SessionManager' says nothing"),
    "a helper": ("app/a.py", "def search_helper(): ...\n", "'search_helper' says nothing"),
    "a note to oneself": ("app/a.py", "x = 1  # TODO later\n", "TODO: do it, or write an issue"),
    "a stub": ("app/a.py", "def f():\n    raise NotImplementedError('soon')\n", "a stub"),
}


@pytest.mark.parametrize(("path", "source", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_noticed(tmp_path: Path, path: str, source: str, complaint: str) -> None:
    write(tmp_path, path, DOCSTRING + source)
    found = [str(violation) for violation in violations(tmp_path)]
    assert len(found) == 1
    assert found[0].startswith(f"{path}:")
    assert complaint in found[0]


def test_a_module_without_a_docstring_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "app/a.py", "x = 1\n")
    assert "no docstring" in str(violations(tmp_path)[0])


def test_words_that_only_contain_a_banned_one_are_allowed(tmp_path: Path) -> None:
    write(tmp_path, "app/utility.py", DOCSTRING + "class UtilityLabel: ...\nTEXT = 'TODO'\n")
    assert violations(tmp_path) == []


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    heavy = "{'torch', 'transformers', 'gradio', 'kreuzberg', 'langgraph', 'dbos', 'openai', 'qdrant_client'}"
    probe = f"import sys, app.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
