"""The smallest value that a JSON schema admits. Knows the keywords that answers of a language model are asked in."""

import math
from collections.abc import Mapping
from typing import Any

from generation.port import GenerationError

_BY_TYPE: dict[str, Any] = {
    "null": None,
    "boolean": False,
    "object": {},
    "array": [],
    "string": "",
    "number": 0,
    "integer": 0,
}


def minimal(schema: Mapping[str, Any]) -> Any:
    """Return a smallest value valid under `schema`, the first one where several are. Raises GenerationError."""
    return _minimal(schema, schema)


def _minimal(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    for keyword in ("const", "enum", "anyOf", "oneOf", "allOf", "$ref", "pattern"):
        if keyword in schema:
            return _by_keyword(keyword, schema, root)
    kind = schema.get("type", "object" if "properties" in schema else "null")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            members = schema.get("properties", {})
            return {name: _minimal(members.get(name, {}), root) for name in schema.get("required", ())}
        case "array":
            fixed = [_minimal(item, root) for item in schema.get("prefixItems", ())]
            missing = max(0, schema.get("minItems", 0) - len(fixed))
            return fixed + [_minimal(schema.get("items", {}), root) for _ in range(missing)]
        case "string":
            return "x" * schema.get("minLength", 0)
        case "integer" | "number" as number:
            return _number(schema, whole=number == "integer")
        case plain if plain in _BY_TYPE:
            return _BY_TYPE[plain]
    raise GenerationError(f"the type {kind!r} is not one of JSON's: correct the schema")


def _by_keyword(keyword: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    match keyword:
        case "const":
            return schema["const"]
        case "enum":
            return schema["enum"][0]
        case "anyOf" | "oneOf":
            return _minimal(schema[keyword][0], root)
        case "$ref":
            return _minimal(_resolve(schema["$ref"], root), root)
        case "allOf" if len(schema["allOf"]) == 1:
            return _minimal(schema["allOf"][0], root)
    raise GenerationError(f"the scripted model cannot invent a value for {keyword!r}: enqueue the reply")


def _resolve(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found[part]
    return dict(found)


def _number(schema: Mapping[str, Any], whole: bool) -> int | float:
    """The least multiple of `multipleOf` (1 for integers) at or above the lower bound; else the one nearest to 0."""
    step = schema.get("multipleOf", 1)
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    value: float = 0
    if low is not None or above is not None:
        value = (
            max(
                math.ceil(low / step) if low is not None else -math.inf,
                math.floor(above / step) + 1 if above is not None else -math.inf,
            )
            * step
        )
    elif (high is not None and high < 0) or (below is not None and below <= 0):
        value = (
            min(
                math.floor(high / step) if high is not None else math.inf,
                math.ceil(below / step) - 1 if below is not None else math.inf,
            )
            * step
        )
    too_high = (high is not None and value > high) or (below is not None and value >= below)
    if too_high and not whole and low is not None:
        return float(low)
    return value
