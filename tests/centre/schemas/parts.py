"""The published documents as a stranger would use them: read from docs/schemas, by the libraries that know their kinds."""

import functools
import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.centre.schemas.make import FOLDER


@functools.cache
def published(name: str) -> dict[str, Any]:
    """A document."""
    found: dict[str, Any] = json.loads((FOLDER / name).read_bytes())
    return found


@functools.cache
def validator(name: str, schema: str = "") -> Draft202012Validator:
    """What judges by a document, or by one of its components."""
    document = published(name)
    if not schema:
        return Draft202012Validator(document)
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": document["components"]})


def faults(name: str, schema: str, value: object) -> list[str]:
    """What is wrong with a value: where and by which rule."""
    found = validator(name, schema).iter_errors(value)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]
