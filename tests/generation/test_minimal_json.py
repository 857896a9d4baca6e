"""Smallest values of schemas."""

from typing import Any

import pytest

from generation.minimal_json import minimal
from generation.port import GenerationError


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "null"}, None),
        ({"type": "boolean"}, False),
        ({"type": ["string", "null"]}, ""),
        ({"type": "string", "minLength": 3}, "xxx"),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 2}, 2),
        ({"type": "integer", "exclusiveMinimum": 2}, 3),
        ({"type": "integer", "minimum": 2, "multipleOf": 5}, 5),
        ({"type": "integer", "maximum": -4}, -4),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "number", "minimum": 0.25, "maximum": 0.75}, 0.25),
        ({"type": "array"}, []),
        ({"type": "array", "minItems": 2, "items": {"type": "integer", "minimum": 1}}, [1, 1]),
        ({"enum": ["useful", "useless"]}, "useful"),
        ({"const": 7}, 7),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, ""),
        ({"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["b"]}, {"b": ""}),
        (
            {
                "$ref": "#/$defs/n",
                "$defs": {"n": {"type": "object", "required": ["k"], "properties": {"k": {"const": 1}}}},
            },
            {"k": 1},
        ),
        ({}, None),
    ],
)
def test_smallest_value(schema: dict[str, Any], value: Any) -> None:
    found = minimal(schema)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("schema", [{"type": "string", "pattern": "^a+$"}, {"allOf": [{}, {}]}, {"type": "text"}])
def test_what_cannot_be_invented_is_said(schema: dict[str, Any]) -> None:
    with pytest.raises(GenerationError):
        minimal(schema)
