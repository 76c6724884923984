"""What goes in and out of Vigie as AsyncAPI, OpenAPI and JSON Schema, made from its types; published, and in docs/schemas."""

from centre.schemas.published import NAMES, schema

__all__ = ["NAMES", "schema"]
