"""The commands `attune train ...`. A recipe is imported only when its command runs."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import Json, settings_from
from evaluation.flags import command
from training.flags import Device, Experiment, Minutes, Out, RecipeFlags, Seed, Steps, run_recipe
from training.preference_command import train_preferences

train_commands = typer.Typer(no_args_is_help=True, help="Fit models on data sets; an interrupted run goes on.")


@dataclass(frozen=True, kw_only=True)
class SelectorFlags:
    data: Annotated[list[Path] | None, typer.Option(help="A data set's folder. Repeatable.", exists=True)] = None
    from_log: Annotated[bool, typer.Option("--from-log", help="What was said of sources in this home.")] = False
    context: typer.Context
    out: Out
    minutes: Minutes = 50.0
    steps: Steps = None
    seed: Seed = 0
    device: Device = "cpu"
    experiment: Experiment = False
    as_json: Json = False
    per_set: Annotated[int, typer.Option(min=1, help="Questions of one set at most.")] = 250
    utility_labels: Annotated[
        Path | None, typer.Option(help="JSON lines {example, passage, utility}: what helped a generator.", exists=True)
    ] = None


@train_commands.command("selector")
@command(SelectorFlags)
def train_selector(flags: SelectorFlags) -> None:
    """Fit the utility selector: which passages help to answer, possibly none."""
    from training import selector
    from training.from_log import fetched

    if not (flags.data or flags.from_log):
        raise typer.BadParameter("give --data or --from-log: there is nothing to learn from")
    options = selector.Options(
        minutes=flags.minutes,
        steps=flags.steps,
        seed=flags.seed,
        device=flags.device,
        per_set=flags.per_set,
        experiment=flags.experiment,
        utility_labels=flags.utility_labels,
    )

    def train(line: str) -> dict[str, Any]:
        settings = settings_from(home=flags.context.obj)
        log = fetched(settings, "turns", flags.out / "run") if flags.from_log else None
        return selector.train(flags.data or [], flags.out, replace(options, log=log), line)

    run_recipe(train, flags.as_json)


@dataclass(frozen=True, kw_only=True)
class GeneratorFlags(RecipeFlags):
    minutes: Minutes = 60.0
    steps: Steps = None
    learning_rate: Annotated[float, typer.Option(min=1e-6, max=0.1, help="Largest step size of the fit.")] = 1e-3
    start: Annotated[
        Path | None, typer.Option(help="Go on from the adapter in this folder, or from `shipped`; else a fresh one.")
    ] = None


@train_commands.command("generator")
@command(GeneratorFlags)
def train_generator(flags: GeneratorFlags) -> None:
    """Fit an adapter of the embedded model: short cited answers from passages, declined where they do not answer."""
    from app.settings import Settings
    from generation import adapter, weights
    from training import generator

    settings = Settings()

    def train(line: str) -> dict[str, Any]:
        base = weights.fetch(settings.llm_model, settings.cache)
        chosen = (flags.minutes, flags.steps, flags.seed, flags.device, flags.experiment)
        start = adapter.choose(str(flags.start), base) if flags.start else None
        options = generator.Options(base, *chosen, learning_rate=flags.learning_rate, start=start)
        return generator.train(flags.data, flags.out, options, line)

    run_recipe(train, flags.as_json)


@dataclass(frozen=True, kw_only=True)
class VerifierFlags(RecipeFlags):
    minutes: Minutes = 600.0
    steps: Annotated[int, typer.Option(min=1, help="Steps of twelve texts each.")] = 130


@train_commands.command("verifier")
@command(VerifierFlags)
def train_verifier(flags: VerifierFlags) -> None:
    """Fit the citation check: does a passage support what is said of it?"""
    from training import verifier_recipe

    options = verifier_recipe.Options(
        minutes=flags.minutes, steps=flags.steps, seed=flags.seed, device=flags.device, experiment=flags.experiment
    )
    run_recipe(lambda line: verifier_recipe.train(flags.data, flags.out, options, line), flags.as_json)


@dataclass(frozen=True, kw_only=True)
class RetrieverFlags:
    corpus: Annotated[
        list[Path] | None,
        typer.Option(help="Documents, or corpus.jsonl: fitted to without any label. Repeatable.", exists=True),
    ] = None
    data: Annotated[
        list[Path] | None, typer.Option(help="A set of queries with judgements. Repeatable.", exists=True)
    ] = None
    labels: Annotated[
        list[Path] | None, typer.Option(help="A file that `attune annotate` wrote. Repeatable.", exists=True)
    ] = None
    from_log: Annotated[bool, typer.Option("--from-log", help="What people said of sources in this home.")] = False
    context: typer.Context
    out: Out
    minutes: Minutes = 60.0
    steps: Steps = None
    seed: Seed = 0
    loss: Annotated[str, typer.Option(help="disj-info-nce, info-nce, lse-pair or scale-calibrated-kl")] = (
        "disj-info-nce"
    )
    negatives: Annotated[
        int | None, typer.Option(min=1, help="So many near ones of each question (SimANS); else all of its corpus.")
    ] = None
    experiment: Experiment = False
    as_json: Json = False


@train_commands.command("retriever")
@command(RetrieverFlags)
def train_retriever(flags: RetrieverFlags) -> None:
    """Adapt the search to documents: what moves a question's vector, while the index stays as it is."""
    from training import retriever, retriever_run
    from training.retriever_lessons import Sources
    from training.retriever_losses import LOSSES

    if not (flags.corpus or flags.data or flags.labels or flags.from_log):
        raise typer.BadParameter("give --corpus, --data, --labels or --from-log: there is nothing to learn from")
    if flags.loss not in LOSSES:
        raise typer.BadParameter(f"--loss {flags.loss!r} is unknown: it is one of {', '.join(LOSSES)}")
    options = retriever.Options(
        minutes=flags.minutes,
        steps=flags.steps,
        seed=flags.seed,
        loss=flags.loss,
        negatives=flags.negatives,
        experiment=flags.experiment,
    )
    sources = Sources(tuple(flags.corpus or ()), tuple(flags.data or ()), tuple(flags.labels or ()))
    run = retriever_run.with_log if flags.from_log else retriever_run.run
    run_recipe(
        lambda line: run(settings_from(home=flags.context.obj), sources, flags.out, options, line), flags.as_json
    )


@dataclass(frozen=True, kw_only=True)
class SignalsFlags:
    context: typer.Context
    data: Annotated[
        list[Path] | None,
        typer.Option(help="Rated conversations in place of our own talks: an experiment. Repeatable.", exists=True),
    ] = None
    from_log: Annotated[bool, typer.Option("--from-log", hidden=True)] = False
    out: Out
    as_json: Json = False


@train_commands.command("signals")
@command(SignalsFlags)
def train_signals(flags: SignalsFlags) -> None:
    """Fit the head that reads what a message says of the answer before it."""
    from app import adapters
    from training import signals

    if flags.from_log:
        raise typer.BadParameter(
            "--from-log: nobody says in a log what a message meant, and a head fitted to its own readings learns "
            "nothing. Leave it out to fit it to our own talks, or give rated conversations with --data"
        )
    encoder = adapters.make_encoder(settings_from(home=flags.context.obj))
    run_recipe(lambda line: signals.train(flags.data or [], flags.out, encoder, line), flags.as_json)


train_commands.command("preferences")(train_preferences)
