"""What a dimension of style is: how it is measured, what an edit says about it, what can be done; knows none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from personalization.prose import protected_parts, settle

KIND = "dimension"
Settings = Mapping[str, Any]


class Phase(IntEnum):
    """When a wish is done beside others: what drops sentences first, what frames the text last."""

    SENTENCES = 10
    WORDS = 20
    LINES = 50
    TITLE = 70
    FRAME = 80


def unchanged(text: str, settings: Settings) -> str:  # noqa: ARG001 (an act's signature)
    """What a format cannot guarantee is left to the description."""
    return text


def _always(settings: Settings) -> bool:  # noqa: ARG001 (the signature of `honours`)
    return True


@dataclass(frozen=True)
class Dimension:
    """One way in which texts differ.

    `values` are the values each setting may have: a type, or the choices. `wanted` reads from a draft and what became
    of it what the person wants, None where the edit does not say. `act` does to a text what a format can guarantee, and
    `undo` takes away what it put around one; `honours` tells for which settings `act` does all that is wished.
    """

    name: str
    values: Mapping[str, type | tuple[object, ...]]
    measure: Callable[[str], float]
    wanted: Callable[[str, str], Settings | None]
    describe: Callable[[Settings], str]
    act: Callable[[str, Settings], str] = unchanged
    undo: Callable[[str, Settings], str] = unchanged
    phase: Phase = Phase.WORDS
    honours: Callable[[Settings], bool] = _always

    def want(self, **settings: object) -> "Wish":
        """Raises ValueError where a setting is missing, unknown or not among its values."""
        if settings.keys() != self.values.keys():
            raise ValueError(f"dimension {self.name} has the settings {sorted(self.values)}, not {sorted(settings)}")
        for name, value in settings.items():
            allowed = self.values[name]
            # by type and not by isinstance, for True is an int
            choices = [value] if isinstance(allowed, type) else [one for one in allowed if one == value]
            if not any(type(value) is (allowed if isinstance(allowed, type) else type(one)) for one in choices):
                raise ValueError(f"setting {name} of dimension {self.name} is {value!r}; it may be {allowed}")
        return Wish(self, settings)

    def suggest(self, draft: str, edited: str) -> "Wish | None":
        """What the person wants, where their edit clearly moved the measure."""
        settings = self.wanted(draft, edited)
        return None if settings is None else self.want(**settings)


@dataclass(frozen=True)
class Wish:
    """A dimension set to a value: a Transformation."""

    dimension: Dimension = field(repr=False)
    settings: Settings = field(hash=False)

    @property
    def key(self) -> str:
        return f"{KIND}:{self.dimension.name}"

    @property
    def phase(self) -> int:
        return self.dimension.phase

    @property
    def description(self) -> str:
        return self.dimension.describe(self.settings)

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"kind": KIND, "dimension": self.dimension.name, **self.settings}

    @property
    def honoured(self) -> bool:
        """Whether `apply` alone honours it; else only a model can that follows the description."""
        return self.dimension.act is not unchanged and self.dimension.honours(self.settings)

    def apply(self, text: str) -> str:
        """Idempotent, and refused where a citation would be lost (see prose.settle), or code or a quotation broken."""
        result = settle(text, lambda before: self.dimension.act(before, self.settings))
        own = protected_parts(str(self.settings.get("text", "")))
        return text if protected_parts(result) - protected_parts(text) - own else result

    def undo(self, text: str) -> str:
        """The text without what this wish put around it."""
        return self.dimension.undo(text, self.settings)


def on_or_off(measure: Callable[[str], float], least: float) -> Callable[[str, str], Settings | None]:
    """`wanted` of a dimension that is used or not: it was not there and now clearly is, or the other way round."""

    def wanted(draft: str, edited: str) -> Settings | None:
        before, after = measure(draft), measure(edited)
        if after - before >= least:
            return {"use": True}
        return {"use": False} if before - after >= least and after < before / 2 else None

    return wanted
