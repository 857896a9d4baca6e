"""The simulated person: satisfied after editing, silent when satisfied, and the same as when it was committed."""

import ast
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from evaluation.errors import DataError
from evaluation.prelude_contexts import TASKS, made_contexts
from evaluation.prelude_operators import make_operator
from evaluation.prelude_styles import own_styles, styles_for
from evaluation.prelude_user import SimulatedUser, Style, revise, unsatisfied
from tests.evaluation.test_prelude_operators import TEXTS

ROOT = Path(__file__).parent.parent.parent
LOCK = ROOT / "evaluation" / "prelude_user.lock"
ALL = [style for sources in own_styles().values() for style in sources.values()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_an_edited_draft_satisfies_its_style_and_is_then_accepted(text: str) -> None:
    for style in ALL:
        edited = revise(text, style)
        assert unsatisfied(edited, style.operators) == []
        assert revise(edited, style) == edited


async def test_what_satisfies_the_style_is_accepted() -> None:
    bullets = Style("summary", "news", "bullet points", (make_operator("bullets", {}),))
    assert await SimulatedUser().edit("- It sank.\n- We swam.", bullets) == "- It sank.\n- We swam."
    assert await SimulatedUser().edit("It sank. We swam.", bullets) == "- It sank.\n- We swam."


def test_a_style_that_contradicts_itself_is_told_with_its_culprits() -> None:
    absurd = Style("summary", "news", "both", (make_operator("bullets", {}), make_operator("numbered", {})))
    with pytest.raises(DataError, match=r"style of 'news' \(summary\) contradicts itself: bullets"):
        revise("It sank. We swam.", absurd)


def test_every_source_has_a_style_of_its_own_that_suits_its_contexts() -> None:
    contexts = made_contexts()
    styles = styles_for(contexts, own_styles())
    assert set(styles) == set(TASKS)
    for task in TASKS:
        assert len(styles[task]) >= 4
        assert len({style.description for style in styles[task].values()}) == len(styles[task])


def locked() -> dict[str, str]:
    """File name -> sha256, as committed before any learner was tuned."""
    pairs = (line.split("  ") for line in LOCK.read_text().splitlines())
    return {name: digest for digest, name in pairs}


def test_the_user_is_the_one_that_was_locked() -> None:
    folder = LOCK.parent
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in locked()} == locked()


def test_the_lock_covers_all_that_the_user_consists_of_and_no_learner_or_renderer() -> None:
    """Follow the imports from the user: everything within the project must be locked, but for its errors."""
    seen, waiting = set(), ["evaluation.prelude_user"]
    while waiting:
        module = waiting.pop()
        path = ROOT / (module.replace(".", "/") + ".py")
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
    own = {f"{module.removeprefix('evaluation.')}.py" for module in seen - {"evaluation.errors"}}
    assert own <= set(locked())
    assert not any(module.startswith(("personalization", "agents", "generation")) for module in seen)
    assert {"prelude_styles.json", "prelude_contexts.json"} <= set(locked())


def test_no_learner_knows_the_user() -> None:
    sources = [path.read_text() for path in (ROOT / "personalization").rglob("*.py")]
    assert sources
    assert not any("evaluation" in source or "prelude_" in source for source in sources)
