"""Champion and challenger opened side by side under the settings in force, on frozen questions. Writes nothing down."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.types import TurnContext
from app import adapters
from app.settings import Settings
from evaluation import gate_answers, gate_claims, gate_retrieval
from evaluation.answers_cases import source_of
from evaluation.choices import conditions_of
from evaluation.claims import Claim, read_claims
from evaluation.datasets import AnswerSet, RetrievalSet, even_sample, read_answers, read_retrieval
from evaluation.errors import EvaluationError
from evaluation.gate import Judgement
from evaluation.holdout import kept_back
from evaluation.runs import Run, fingerprint
from evaluation.workplace import encoder_of, index_of, model_of, temporary_settings
from generation.port import LanguageModel
from personalization.ports import NoRecall
from retrieval.ports import Encoder, PassageIndex, Selector, Verifier

_CLAIMS = "claims.jsonl"


@dataclass(frozen=True)
class Contender:
    """A version under the name that the report gives it, and the settings that make it the one in use."""

    version: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Match:
    """Who plays, and on what. `conditions`: settings of the other kinds' champions, the same for both."""

    kind: str
    champion: Contender
    challenger: Contender
    folders: Sequence[Path]
    conditions: Mapping[str, Any] = field(default_factory=dict)
    trained_on: frozenset[str] = frozenset()  # names of the sets whose questions the challenger has seen
    limit: int | None = None
    run: Path | None = None


@dataclass(frozen=True)
class Verdict:
    """The judgement with all that is kept of it."""

    accepted: bool
    reasons: tuple[str, ...]
    holdout: str
    report: Mapping[str, Any]


async def play(match: Match) -> Verdict:
    """Ask both every question and judge. Raises EvaluationError, and what opening a contender does."""
    match match.kind:
        case "retriever":
            sets, judgement, each = await _retrievers(match)
        case "verifier":
            sets, judgement, each = await _verifiers(match)
        case _:
            sets, judgement, each = await _turns(match)
    holdout = fingerprint(list(sets))
    names = {"kind": match.kind, "champion": match.champion.version, "challenger": match.challenger.version}
    held = sorted(match.trained_on & {folder.name for folder in match.folders})
    report = names | {"accepted": judgement.accepted, "reasons": list(judgement.reasons), **judgement.report}
    report |= {"sets": each, "holdout": holdout, "held_back": held}
    return Verdict(judgement.accepted, judgement.reasons, holdout, report)


Played = tuple[Sequence[Any], Judgement, dict[str, Any]]


async def _retrievers(match: Match) -> Played:
    sets = [_retrieval_set(folder, match) for folder in match.folders]
    compared = []
    with _settings(match, match.champion) as ours, _settings(match, match.challenger) as theirs:
        async with encoder_of(ours) as encoder:
            selector = await asyncio.to_thread(adapters.make_selector, ours, encoder)
            for data in sets:
                with temporary_settings() as place:
                    async with index_of(place, encoder) as index:
                        champion, challenger = [adapters.make_retriever(one, encoder, index) for one in (ours, theirs)]
                        sides = (champion, challenger)
                        compared.append(await gate_retrieval.compare(data, encoder, index, sides, selector))
    each = {one.data.name: gate_retrieval.of_set(one) for one in compared}
    return sets, gate_retrieval.judged(compared), each


async def _turns(match: Match) -> Played:
    sets = [_answer_set(folder, match) for folder in match.folders]
    run = Run(match.run)
    compared = []
    async with _opened(match) as (encoder, tools):
        for data in sets:
            with temporary_settings() as place:
                async with index_of(place, encoder) as index:
                    champion, challenger = [one.side(encoder, index) for one in tools]
                    contest = gate_answers.Contest(data, source_of(data, None), (champion, challenger), run)
                    compared.append(await contest.run(encoder, index))
    each = {one.name: gate_answers.of_set(one) for one in compared}
    return sets, gate_answers.judged(compared), each


async def _verifiers(match: Match) -> Played:
    sets = [_claims(folder, match) for folder in match.folders]
    sides = []
    for contender in (match.champion, match.challenger):
        with _settings(match, contender) as settings:
            sides.append(await asyncio.to_thread(adapters.make_verifier, settings))
    champion, challenger = [_required(one) for one in sides]
    compared = [await gate_claims.compare(name, claims, (champion, challenger)) for name, claims in sets]
    each = {one.name: gate_claims.of_set(one) for one in compared}
    return sets, gate_claims.judged(compared), each


@dataclass(frozen=True)
class _Tools:
    """What one side's turns need but for the retriever, which needs an index."""

    settings: Settings
    model: LanguageModel
    selector: Selector
    verifier: Verifier | None

    def side(self, encoder: Encoder, index: PassageIndex) -> gate_answers.Side:
        """All of it over this index. Blocking for a moment: a trained retriever reads its weights."""
        retriever = adapters.make_retriever(self.settings, encoder, index)
        context = TurnContext(
            model=self.model,
            retriever=retriever,
            selector=self.selector,
            recall=NoRecall(),
            verifier=self.verifier,
            retrieve_limit=self.settings.retrieve_limit,
            answer_max_tokens=self.settings.answer_max_tokens,
        )
        versions = [part.version for part in (encoder, retriever, self.model, self.selector, self.verifier) if part]
        return gate_answers.Side(context, {**conditions_of(self.settings), "versions": versions})


@asynccontextmanager
async def _opened(match: Match) -> AsyncIterator[tuple[Encoder, tuple[_Tools, _Tools]]]:
    """Both sides' models but for the retrievers, which need an index; what they share is opened once."""
    async with AsyncExitStack() as stack:
        ours = stack.enter_context(_settings(match, match.champion))
        theirs = stack.enter_context(_settings(match, match.challenger))
        encoder = await stack.enter_async_context(encoder_of(ours))
        model = await stack.enter_async_context(model_of(ours))
        other = await stack.enter_async_context(model_of(theirs)) if match.kind == "generator" else model
        yield encoder, (await _tools(ours, encoder, model), await _tools(theirs, encoder, other))


async def _tools(settings: Settings, encoder: Encoder, model: LanguageModel) -> _Tools:
    selector = await asyncio.to_thread(adapters.make_selector, settings, encoder)
    return _Tools(settings, model, selector, await asyncio.to_thread(adapters.make_verifier, settings))


def _settings(match: Match, contender: Contender) -> Any:
    return temporary_settings(**{**match.conditions, **contender.settings})


def _retrieval_set(folder: Path, match: Match) -> RetrievalSet:
    data = read_retrieval(folder)
    queries = kept_back(data.queries, folder) if folder.name in match.trained_on else data.queries
    return replace(data, queries=even_sample(queries, match.limit))


def _answer_set(folder: Path, match: Match) -> AnswerSet:
    data = read_answers(folder)
    questions = kept_back(data.questions, folder) if folder.name in match.trained_on else data.questions
    return replace(data, questions=even_sample(questions, match.limit))


def _claims(folder: Path, match: Match) -> tuple[str, tuple[Claim, ...]]:
    name = folder.parent.name if folder.is_file() else folder.name
    if name in match.trained_on:
        raise EvaluationError(
            f"--data {folder}: {match.challenger.version} was trained on it; give claims that it has not seen"
        )
    return name, even_sample(read_claims(folder if folder.is_file() else folder / _CLAIMS), match.limit)


def _required(verifier: Verifier | None) -> Verifier:
    if verifier is None:
        raise EvaluationError(
            "no citation check is in use here to compare with: unset ATTUNE_VERIFIER and ATTUNE_ENCODER"
        )
    return verifier
