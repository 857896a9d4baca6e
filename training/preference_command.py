"""The command `attune train preferences`. The recipe and its trainers are imported only when it runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import Json, settings_from
from evaluation.flags import command
from training.flags import Device, Minutes, Out, Seed, Steps, run_recipe


@dataclass(frozen=True, kw_only=True)
class PreferencesFlags:
    context: typer.Context
    rows: Annotated[
        Path | None, typer.Option(help="What `attune feedback export` wrote; else the log of this home.", exists=True)
    ] = None
    method: Annotated[str, typer.Option(help="dpo (answers that were rewritten) or kto (answers voted on).")] = "dpo"
    user: Annotated[str | None, typer.Option(help="Only this person's (their e-mail).")] = None
    everyone: Annotated[bool, typer.Option("--everyone", help="Rows of all who agreed, on About me.")] = False
    start: Annotated[Path, typer.Option(help="Go on from the adapter in this folder.")] = Path("shipped")
    out: Out
    minutes: Minutes = 60.0
    steps: Steps = None
    seed: Seed = 0
    device: Device = "cpu"
    learning_rate: Annotated[float, typer.Option(min=1e-7, max=0.1, help="Largest step size of the fit.")] = 5e-4
    as_json: Json = False


@command(PreferencesFlags)
def train_preferences(flags: PreferencesFlags) -> None:
    """Fit the embedded model's adapter to what people made of its answers: their edits (dpo) or their votes (kto)."""
    from generation import adapter, weights
    from training import preference_recipe
    from training.from_log import fetched
    from training.preference_fit import PreferenceOptions
    from training.preference_rows import METHODS, Method

    if flags.method not in METHODS:
        raise typer.BadParameter(f"--method {flags.method!r} is unknown: it is one of {', '.join(METHODS)}")
    method: Method = flags.method
    settings = settings_from(home=flags.context.obj)

    def train(line: str) -> dict[str, Any]:
        base = weights.fetch(settings.llm_model, settings.cache)
        start = adapter.choose(str(flags.start), base)
        assert start  # only "stock" means none, and that is the name of no folder
        chosen = (flags.minutes, flags.steps, flags.seed, flags.device)
        options = PreferenceOptions(base, start, *chosen, learning_rate=flags.learning_rate)
        rows = flags.rows or fetched(settings, method, flags.out / "run", flags.user)
        return preference_recipe.train(rows, method, flags.out, options, line, everyone=flags.everyone)

    run_recipe(train, flags.as_json)
