"""Fits an adapter to what people preferred, by TRL's trainers on PEFT's adapter. Knows no export and no manifest."""

import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.preference_rows import PreferenceRows
from training.recipe import RecipeError


@dataclass(frozen=True)
class PreferenceOptions:
    """What a person may choose.

    `beta` holds the fitted model to the one it begins with (Rafailov et al. 2023, equation 7); `imitation` weighs the
    chosen answer's own likelihood, which DPO alone lets fall (Pang et al. 2024, equation 1).
    """

    base: Path  # folder of the stock model
    start: Path  # folder of the adapter to go on from
    minutes: float = 60.0
    steps: int | None = None
    seed: int = 0
    device: str = "cpu"
    learning_rate: float = 5e-4
    beta: float = 0.1
    imitation: float = 0.2
    epochs: int = 2
    accumulate: int = 4  # rows a step


def fit_preferences(rows: PreferenceRows, options: PreferenceOptions, run: Path, out: Path) -> dict[str, Any]:
    """Write the adapter to `out`; steps done and the losses. Goes on from the last checkpoint in `run`.

    Raises RecipeError where TRL and PEFT are not installed.
    """
    try:
        import peft  # noqa: F401  an error here is about the installation, and names what to install
        import trl  # noqa: F401
    except ImportError as error:
        raise RecipeError(f"{error.name} is missing: pip install -e '.[train]'") from error
    trainer = _trainer(rows, options, run)
    done = any(run.glob("checkpoint-*"))
    with redirect_stdout(sys.stderr):  # where it tells of its steps; figures alone belong on the other
        trainer.train(resume_from_checkpoint=True if done else None)
    trainer.model.save_pretrained(out, selected_adapters=["default"])
    (out / "README.md").unlink(missing_ok=True)  # PEFT's card; the manifest says more
    losses = [(entry["step"], round(entry["loss"], 5)) for entry in trainer.state.log_history if "loss" in entry]
    return {"steps": trainer.state.global_step, "losses": losses}


def _trainer(rows: PreferenceRows, options: PreferenceOptions, run: Path) -> Any:
    import trl
    from datasets import Dataset
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(options.base, local_files_only=True)
    stock = AutoModelForCausalLM.from_pretrained(options.base, dtype="float32", local_files_only=True)
    model = PeftModel.from_pretrained(stock, options.start, is_trainable=True)
    settings = _settings(options, run)
    if rows.method == "dpo":
        how = {"loss_type": ["sigmoid", "sft"], "loss_weights": [1.0, options.imitation]}
        config, make = trl.DPOConfig(**settings, **how), trl.DPOTrainer
    else:
        config, make = trl.KTOConfig(**settings), trl.KTOTrainer
    return make(
        model=model,
        args=config,
        train_dataset=Dataset.from_list(rows.for_trl()),
        processing_class=tokenizer,
        callbacks=_clock(options.minutes),
    )


def _settings(options: PreferenceOptions, run: Path) -> dict[str, Any]:
    """What both trainers take. A KTO batch holds two rows at least: its baseline pairs each with another's prompt."""
    return {
        "output_dir": str(run),
        "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": max(1, options.accumulate // 2),
        "learning_rate": options.learning_rate,
        "beta": options.beta,
        "num_train_epochs": options.epochs,
        "max_steps": options.steps or -1,
        "max_length": None,  # a prompt that was cut would teach to answer from what is not there
        "seed": options.seed,
        "use_cpu": options.device == "cpu",
        "bf16": False,
        "gradient_checkpointing": False,
        "logging_steps": 1,
        "save_steps": 10,
        "save_total_limit": 1,
        "report_to": [],
    }


def _clock(minutes: float) -> list[Any]:
    from transformers import TrainerCallback

    class Clock(TrainerCallback):
        """Ends the fit when its time is over."""

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.until = time.monotonic() + 60 * minutes

        def on_step_end(self, _: Any, __: Any, control: Any, **___: Any) -> None:
            control.should_training_stop |= time.monotonic() > self.until

    return [Clock()]
