"""The recipe of the generator's adapter: sheets of questions, a low-rank fit on their answers, figures, a manifest."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from app import adapters
from app.versions import MANIFEST, file_hash
from evaluation.workplace import encoder_of, temporary_settings
from generation import weights
from generation.port import LanguageModel
from training import lora
from training.answers_mix import Mix
from training.answers_packing import Packed, fits, loss_of, pack
from training.answers_sheets import Sheet
from training.examples import read_examples
from training.fit import FitOptions, FitReport, fit
from training.generator_figures import HeldBack, calibrate, handed_over, held_back, measure, measure_stock
from training.licences import check, licence
from training.manifest import DataUsed, Manifest, commit, folder_hash
from training.recipe import Recipe

HUB = {"smollm2": "HuggingFaceTB/SmolLM2-135M-Instruct"}  # what PEFT and vLLM call the bases that Attune names itself
_MEASURED, _CALIBRATED = 12, 40  # held-back questions of each set


@dataclass(frozen=True)
class Options:
    """What a person may choose. Layers before `first_layer` stay as they are, which saves a third of each step."""

    base: Path  # folder of the stock model
    minutes: float = 60.0
    steps: int | None = None
    seed: int = 0
    device: str = "cpu"
    experiment: bool = False
    first_layer: int = 15
    rank: int = 16
    alpha: float = 32.0
    learning_rate: float = 1e-3
    accumulate: int = 2  # sheets a step
    start: Path | None = None  # folder of the adapter to go on from; None: a fresh one


class Batches:
    """Batch number n is sheet number n of an endless row of rounds, the same whenever it is asked for."""

    def __init__(self, rounds: Iterator[Sequence[Sheet]], tokenizer: Any) -> None:
        self._coming, self._tokenizer = chain.from_iterable(rounds), tokenizer
        self._sheets: list[Sheet] = []

    def __call__(self, number: int) -> Packed:
        while len(self._sheets) <= number:
            sheet = next(self._coming)
            if fits(sheet, self._tokenizer):  # one long sheet must not end hours of fitting
                self._sheets.append(sheet)
        return pack(self._sheets[number], self._tokenizer)

    def used(self, count: int) -> dict[str, int]:
        """Questions of each set on the first `count` sheets."""
        counts: Counter[str] = Counter()
        for sheet in self._sheets[:count]:
            counts[sheet.source] += len(sheet.asked)
        return dict(counts)


class Student:
    """The stock model with an adapter in its upper layers.."""

    def __init__(self, options: Options) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        torch.manual_seed(options.seed)
        dtype = torch.bfloat16 if options.device.startswith("cuda") else torch.float32
        self.tokenizer = AutoTokenizer.from_pretrained(options.base, local_files_only=True)
        self.model = AutoModelForCausalLM.from_pretrained(options.base, dtype=dtype, local_files_only=True)
        self.model.to(options.device)
        self.adapters = lora.insert(self.model, options.first_layer, options.rank, options.alpha)
        if options.start:
            lora.restore(self.adapters, options.start)

    def loss(self, packed: Packed) -> Any:
        return loss_of(self.model, packed)


def train(folders: Sequence[Path], out: Path, options: Options, command: str) -> dict[str, Any]:
    """Write adapter and manifest to `out`, and return the figures before and after.

    Interrupted, it goes on where it was. Raises LicenceError, DataError, RecipeError and FitError.
    """
    check(list(folders), experiment=options.experiment)
    plain: dict[str, Any] = json.loads(json.dumps(asdict(options), default=str))
    # The clock and the device may change between two runs; what is learned may not.
    settings = {key: value for key, value in plain.items() if key not in {"minutes", "steps", "device"}}
    begun = begun_from(options.start) if options.start else None
    recipe = Recipe(out / "run", 6, settings | {"data": [str(folder) for folder in folders]})
    asked, further = _held_back(folders, options.seed)
    student = Student(options)
    batches = recipe.resumable("read the data", lambda: Batches(Mix(folders, options.seed).rounds(), student.tokenizer))
    done = recipe.resumable("fit", lambda: _fit(recipe, student, batches, options))
    recipe.resumable("write the adapter", lambda: _save(student, out, options))
    use = recipe.step(f"calibrate on {len(further)} further ones", lambda: calibrated(options, out, further))
    before = recipe.step(f"measure the stock model on {len(asked)} held-back questions", lambda: _stock(options, asked))
    fitted = {"steps": done.steps, "seconds": done.seconds, "losses": done.losses}
    base, used = weights.version(options.base), batches.used(done.steps * options.accumulate)
    manifest = Manifest(
        kind="generator",
        base_model=base,
        data=tuple(DataUsed(f.name, folder_hash(f), licence(f), used.get(f.name, 0)) for f in folders),
        settings=plain | {"base": base, "start": begun, "fit": fitted},
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / lora.WEIGHTS),
        before=before,
        after={},
        command=command if options.steps else f"{command} --steps {done.steps}",
        notes=_notes(begun),
        use=use,
    )
    manifest.write(out)  # what is measured declines as the manifest says
    after = recipe.step(f"measure after {done.steps} steps", lambda: _adapted(options, out, asked))
    replace(manifest, after=after).write(out)
    return {"before": before, "after": after}


def begun_from(folder: Path) -> dict[str, Any]:
    """The version in `folder` and how it came to be, for the manifest of what goes on from it."""
    about = json.loads((folder / MANIFEST).read_text())
    return {key: about[key] for key in ("version", "shippable", "commit", "command", "weights_sha256")}


def _notes(begun: Mapping[str, Any] | None) -> tuple[str, ...]:
    return (f"begun from {begun['version']}: rebuild that first, and name its folder as --start",) if begun else ()


def _held_back(folders: Sequence[Path], seed: int) -> tuple[list[HeldBack], list[HeldBack]]:
    """What the figures are measured on, and other questions to calibrate on; neither was trained on."""
    examples = read_examples([folder for folder in folders if _is_judged(folder)], held_out=True)
    measured = held_back(examples, _MEASURED, seed)
    seen = {(one.example.source, one.example.id) for one in measured}
    return measured, held_back([one for one in examples if (one.source, one.id) not in seen], _CALIBRATED, seed)


def _is_judged(folder: Path) -> bool:
    return (folder / "questions.jsonl").exists()


def _fit(recipe: Recipe, student: Student, batches: Batches, options: Options) -> FitReport:
    how = FitOptions(
        options.learning_rate,
        weight_decay=0.0,
        minutes=options.minutes,
        seed=options.seed,
        save_every=10,
        steps=options.steps,
        accumulate=options.accumulate,
    )
    return fit(lora.parameters(student.adapters), batches, student.loss, how, recipe.folder / "checkpoint.pt")


def calibrated(options: Options, folder: Path, asked: Sequence[HeldBack]) -> Mapping[str, Any]:
    """What the manifest says of when the adapter in `folder` declines."""
    return asyncio.run(_with_model(options, folder, lambda model: _calibrated(model, asked)))


async def _calibrated(model: LanguageModel, asked: Sequence[HeldBack]) -> dict[str, Any]:
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder:
            selector = await asyncio.to_thread(adapters.make_selector, settings, encoder)
            return await calibrate(model, await handed_over(asked, selector))


def _save(student: Student, out: Path, options: Options) -> None:
    name = weights.version(options.base).partition("@")[0]
    lora.save(student.adapters, out, HUB.get(name, name), options.alpha)


def _stock(options: Options, asked: Sequence[HeldBack]) -> Mapping[str, Any]:
    found = asyncio.run(_with_model(options, None, lambda model: measure_stock(model, asked)))
    return found | {"n": len(asked)}


def _adapted(options: Options, folder: Path, asked: Sequence[HeldBack]) -> Mapping[str, Any]:
    found = asyncio.run(_with_model(options, folder, lambda model: measure(model, asked)))
    return found | {"n": len(asked)}


async def _with_model(
    options: Options, adapted: Path | None, work: Callable[[LanguageModel], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    from generation.local import LocalModel

    model = await LocalModel.open(options.base, options.device, adapted=adapted)
    try:
        return await work(model)
    finally:
        await model.close()
