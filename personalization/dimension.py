"""What a dimension of style is: how it is measured, what an edit says about it, what can be done; knows none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from personalization.prose import settle

KIND = "dimension"
Settings = Mapping[str, Any]


def _unchanged(text: str, settings: Settings) -> str:  # noqa: ARG001 (an act's signature)
    """What a format cannot guarantee is left to the description."""
    return text


@dataclass(frozen=True)
class Dimension:
    """One way in which texts differ.

    `values` are the values each setting may have: a type, or the choices. `wanted` reads from a draft and what a person
    made of it what they want, None where the edit does not say. `act` does to a text what a format can guarantee.
    """

    name: str
    values: Mapping[str, type | tuple[object, ...]]
    measure: Callable[[str], float]
    wanted: Callable[[str, str], Settings | None]
    describe: Callable[[Settings], str]
    act: Callable[[str, Settings], str] = _unchanged

    def want(self, **settings: object) -> "Wish":
        """Raises ValueError where a setting is missing, unknown or not among its values."""
        if settings.keys() != self.values.keys():
            raise ValueError(f"dimension {self.name} has the settings {sorted(self.values)}, not {sorted(settings)}")
        for name, value in settings.items():
            allowed = self.values[name]
            # not isinstance: True is an int, and a setting of one is never meant as the other
            if type(value) is not allowed if isinstance(allowed, type) else value not in allowed:
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
    settings: Settings

    @property
    def key(self) -> str:
        return f"{KIND}:{self.dimension.name}"

    @property
    def description(self) -> str:
        return self.dimension.describe(self.settings)

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"kind": KIND, "dimension": self.dimension.name, **self.settings}

    def apply(self, text: str) -> str:
        return settle(text, lambda before: self.dimension.act(before, self.settings))
