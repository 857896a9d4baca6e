"""The rules of the house that an import linter and ruff do not know: fences, sizes, names. Reads source text only."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

PACKAGES = ("generation", "retrieval", "agents", "personalization", "app", "evaluation", "training", "ui", "demo")
FOLDERS = (*PACKAGES, "tests")

MODULE_LINES = 250
FUNCTION_LINES = {"tests": 60}  # a test tells a story; everything else:
FUNCTION_LINES_ELSEWHERE = 40
PARAMETERS = 6  # as ruff counts them: without self and cls, without *args and **kwargs

MODELS = (
    "retrieval/encoder*.py",
    "retrieval/cross_encoder.py",
    "retrieval/selector*.py",
    "retrieval/verifier*.py",
    "generation/local*.py",
    "generation/adapter.py",
    "generation/weights.py",
    "training/**",
)
# third-party package -> the only places that may know it
FENCES: dict[str, tuple[str, ...]] = {
    "qdrant_client": ("retrieval/index*.py",),
    "qdrant_edge": ("retrieval/index*.py",),
    "langgraph": ("agents/**",),
    "langchain_core": ("agents/**",),
    "sqlmodel": ("app/**",),
    "sqlalchemy": ("app/**",),
    "alembic": ("app/**",),
    "gradio": ("ui/**",),
    "torch": MODELS,
    "transformers": MODELS,
    "trl": ("training/**",),
    "peft": ("training/**",),
    "openai": ("generation/openai*.py",),
    "prometheus_client": ("app/metrics.py",),
    "authlib": ("app/oidc.py",),
    "joserfc": ("app/oidc.py",),
    "opentelemetry": ("app/tracing.py",),
    "ray": ("app/cluster.py",),
    "mcp": ("app/mcp_*.py", "app/api/mcp.py"),
    "mcp_types": ("app/mcp_*.py", "app/api/mcp.py"),
}

BANNED_WORDS = frozenset({"util", "utils", "helper", "helpers", "manager", "managers"})

# What may break a size, and why. A line here is an admission, not a right.
SIZE_EXCEPTIONS = {
    "app/migrations/versions/": "a record of what was done to the tables; shortening it would not make it clearer",
}
PARAMETER_EXCEPTIONS = {
    "app/cli.py": "Typer turns every parameter of a command into a flag",
}


@dataclass(frozen=True)
class Violation:
    """One broken rule, with the place and what to do."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def violations(root: Path) -> list[Violation]:
    """Everything below `root` that breaks a rule."""
    found: list[Violation] = []
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root).as_posix()
            source = file.read_text(encoding="utf-8")
            tree = ast.parse(source, filename=path)
            found += [*_module(path, source, tree), *_imports(path, tree), *_sizes(path, tree), *_names(path, tree)]
    return found


def _module(path: str, source: str, tree: ast.Module) -> Iterator[Violation]:
    lines = len(source.splitlines())
    if lines > MODULE_LINES and not _excepted(path, SIZE_EXCEPTIONS):
        yield Violation(path, lines, f"{lines} lines, {MODULE_LINES} allowed: split it by what its parts know")
    if source.strip() and not path.startswith("tests/") and ast.get_docstring(tree) is None:
        yield Violation(path, 1, "no docstring: say in one sentence what the module does and what it does not know")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (word := re.search(r"\b(TODO|FIXME|XXX)\b", token.string)):
            yield Violation(path, token.start[0], f"{word[0]}: do it, or write an issue")


def _imports(path: str, tree: ast.Module) -> Iterator[Violation]:
    for line, name in _imported(tree):
        if name == "mock" or name.startswith("unittest.mock"):
            yield Violation(path, line, "unittest.mock: write a scripted implementation of our own port")
        allowed = FENCES.get(name.split(".")[0])
        if allowed and not path.startswith("tests/") and not any(_matches(path, place) for place in allowed):
            yield Violation(path, line, f"{name} may be imported only in {', '.join(allowed)}")


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every absolute module name that is imported at any depth, by statement or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            # `from unittest import mock` imports a module as well, so each name counts as one.
            yield node.lineno, node.module
            if node.module == "unittest":
                yield from ((node.lineno, f"unittest.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__", "find_spec"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def _sizes(path: str, tree: ast.Module) -> Iterator[Violation]:
    limit = FUNCTION_LINES.get(PurePosixPath(path).parts[0], FUNCTION_LINES_ELSEWHERE)
    methods = {child for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for child in node.body}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > limit and not _excepted(path, SIZE_EXCEPTIONS):
            yield Violation(path, node.lineno, f"{node.name} has {lines} lines, {limit} allowed")
        count = _parameters(node, node in methods)
        if count > PARAMETERS and not path.startswith("tests/") and not _excepted(path, PARAMETER_EXCEPTIONS):
            yield Violation(path, node.lineno, f"{node.name} takes {count} parameters, {PARAMETERS} allowed")


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, is_method: bool) -> int:
    count = len(node.args.posonlyargs) + len(node.args.args) + len(node.args.kwonlyargs)
    static = any(
        isinstance(decorator, ast.Name) and decorator.id == "staticmethod" for decorator in node.decorator_list
    )
    return count - (is_method and not static)


def _names(path: str, tree: ast.Module) -> Iterator[Violation]:
    for part in PurePosixPath(path).with_suffix("").parts:
        if _words(part) & BANNED_WORDS:
            yield Violation(path, 1, f"{part!r} names no thing: name the module after what it holds")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and _words(node.name) & BANNED_WORDS:
            yield Violation(path, node.lineno, f"{node.name!r} says nothing: name it after what it is or does")
        if isinstance(node, ast.Raise) and _raised(node) == "NotImplementedError":
            yield Violation(path, node.lineno, "a stub: write it, or leave it out")


def _words(name: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _raised(node: ast.Raise) -> str:
    match node.exc:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def _matches(path: str, place: str) -> bool:
    # The star of fnmatch crosses slashes, that of a fence does not; PurePath.match would look at the path's end only.
    if place.endswith("**"):
        return path.startswith(place.removesuffix("**"))
    return path.count("/") == place.count("/") and fnmatchcase(path, place)


def _excepted(path: str, table: dict[str, str]) -> bool:
    return any(path.startswith(place) for place in table)
