"""Checks of the files as they are written: schema, numbers, drift."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = Path(__file__).resolve().parent.parent


def check_shape(document: dict) -> None:
    """Raises if the document does not follow its schema, or its numbers are wrong."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in (FOLDER / "schemas").glob("*.schema.json")}
    registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas.values())
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
        _check_closed(schema, schema["$id"])
    schema = schemas[Path(document["schema"]).name]
    errors = sorted(Draft202012Validator(schema, registry=registry).iter_errors(document), key=lambda error: error.path)
    if errors:
        first = errors[0]
        raise AssertionError(f"{document['schema']}: {list(first.absolute_path)}: {first.message[:300]}")
    numbers = [test["tcId"] for group in document["testGroups"] for test in group["tests"]]
    if len(numbers) != document["numberOfTests"] or len(set(numbers)) != len(numbers):
        raise AssertionError(f"{document['schema']}: numberOfTests or tcIds are wrong")
    used = {flag for group in document["testGroups"] for test in group["tests"] for flag in test["flags"]}
    if used != set(document["notes"]):
        raise AssertionError(f"{document['schema']}: flags and notes differ")


def drifted(name: str, text: str) -> bool:
    """Whether the committed file is not this text."""
    path = FOLDER / name
    return not path.exists() or path.read_text("utf-8") != text


def strays(names: set[str]) -> set[str]:
    """Vector files that the generator does not make."""
    return {path.name for path in FOLDER.glob("*_test.json")} - names


def _check_closed(schema, where: str) -> None:
    """Every object schema says `additionalProperties: false`."""
    if isinstance(schema, list):
        for number, item in enumerate(schema):
            _check_closed(item, f"{where}/{number}")
    elif isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            raise AssertionError(f"{where} is an open object")
        for name, item in schema.items():
            _check_closed(item, f"{where}/{name}")
