"""`/schemas/NAME`: how what goes in and out is written, for programs and those who write them. Open: it is about nobody."""

from collections.abc import Callable

from tornado.web import HTTPError, RequestHandler

ADDRESS = r"/schemas/([a-z-]{1,40}\.(?:asyncapi|openapi|schema)\.json)"
Schemas = Callable[[str], bytes | None]  # a document by its name; None where there is none


def no_schema(name: str) -> bytes | None:
    """There is none of any name."""
    return None


class SchemaFile(RequestHandler):
    """One document."""

    def initialize(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def get(self, name: str) -> None:
        """The document as JSON."""
        found = self._schemas(name)
        if found is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "application/json")
        self.finish(found)

    head = get
