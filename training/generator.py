"""The recipe of the generator's adapter: sheets of questions, a low-rank fit on their answers, figures, a manifest."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from app.versions import MANIFEST, file_hash
from generation import weights
from training import lora
from training.answers_mix import Mix
from training.answers_packing import Packed, fits, loss_of, pack
from training.answers_sheets import Sheet
from training.examples import read_examples
from training.fit import FitOptions, FitReport, fit
from training.generator_figures import HeldBack, held_back, measure, measure_stock
from training.licences import check, licence
from training.manifest import DataUsed, Manifest, commit, folder_hash
from training.recipe import Recipe

HUB = {"smollm2": "HuggingFaceTB/SmolLM2-135M-Instruct"}  # what PEFT and vLLM call the bases that Attune names itself
_MEASURED = 12  # held-back questions of each set


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
    recipe = Recipe(out / "run", 5, settings | {"data": [str(folder) for folder in folders]})
    asked = held_back(read_examples([f for f in folders if _is_judged(f)], held_out=True), _MEASURED, options.seed)
    student = Student(options)
    batches = recipe.resumable("read the data", lambda: Batches(Mix(folders, options.seed).rounds(), student.tokenizer))
    done = recipe.resumable("fit", lambda: _fit(recipe, student, batches, options))
    base = weights.version(options.base)
    name = HUB.get(base.partition("@")[0], base.partition("@")[0])
    recipe.resumable("write the adapter", lambda: lora.save(student.adapters, out, name, options.alpha))
    before = recipe.step(f"measure the stock model on {len(asked)} held-back questions", lambda: _stock(options, asked))
    after = recipe.step(f"measure after {done.steps} steps", lambda: _adapted(options, out, asked))
    fitted = {"steps": done.steps, "seconds": done.seconds, "losses": done.losses}
    used = batches.used(done.steps * options.accumulate)
    manifest = Manifest(
        kind="generator",
        base_model=base,
        data=tuple(DataUsed(f.name, folder_hash(f), licence(f), used.get(f.name, 0)) for f in folders),
        settings=plain | {"base": base, "start": begun, "fit": fitted},
        seed=options.seed,
        commit=commit(),
        weights_sha256=file_hash(out / lora.WEIGHTS),
        before=before,
        after=after,
        command=command if options.steps else f"{command} --steps {done.steps}",
        notes=(f"begun from {begun['version']}: rebuild that first, and name its folder as --start",) if begun else (),
    )
    manifest.write(out)
    return {"before": before, "after": after}


def begun_from(folder: Path) -> dict[str, Any]:
    """The version in `folder` and how it came to be, for the manifest of what goes on from it."""
    about = json.loads((folder / MANIFEST).read_text())
    return {key: about[key] for key in ("version", "shippable", "commit", "command", "weights_sha256")}


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


def _stock(options: Options, asked: Sequence[HeldBack]) -> Mapping[str, Any]:
    return asyncio.run(_measured(options, None, asked))


def _adapted(options: Options, folder: Path, asked: Sequence[HeldBack]) -> Mapping[str, Any]:
    return asyncio.run(_measured(options, folder, asked))


async def _measured(options: Options, adapted: Path | None, asked: Sequence[HeldBack]) -> dict[str, Any]:
    from generation.local import LocalModel

    model = await LocalModel.open(options.base, options.device, adapted=adapted)
    try:
        found = await measure(model, asked) if adapted else await measure_stock(model, asked)
        return found | {"n": len(asked)}
    finally:
        await model.close()
