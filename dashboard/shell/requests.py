"""What a page asks for: a type and one handler each, found by the type's tag. What has no handler is not answered.

A browser is not trusted: a field that does not fit its type counts as unsaid, and nothing that was sent is quoted or logged.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Self, TypeVar

import msgspec

MAX_MESSAGE = 64 * 1024  # characters of one message of a page

R = TypeVar("R", bound=msgspec.Struct)
S = TypeVar("S")
T = TypeVar("T")
Handlers = dict[str, tuple[type[R], Callable[[Any, R], Coroutine[Any, Any, T]]]]


class Malformed(Exception):
    """A page sent something that is no message."""


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="do"):
    """Something that a page asks for. Every field has a default: what it is when it is not said."""

    @classmethod
    def of(cls, asked: Mapping[str, object]) -> Self:
        """The request that a message is."""
        try:
            return msgspec.convert(asked, cls)
        except msgspec.ValidationError:
            types = {field.name: field.type for field in msgspec.structs.fields(cls)}
            fitting = {name: said for name, said in asked.items() if _fits(said, types.get(name, object))}
            return msgspec.convert(fitting, cls)


class Command(Request, frozen=True, tag="command"):
    """A command for the desk, as `incidents.commands` has it; `typed` are times of day, by its fields."""

    command: dict[str, object] = {}
    typed: dict[str, object] = {}

    @property
    def id(self) -> str:
        """By what the page knows the answer."""
        return text(self.command, "id")[:64]

    @property
    def name(self) -> str:
        """Which command it is."""
        return text(self.command, "do")


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The desk's answer to a command: `ok`, or why not, who stands in the way and since when (ms since 1970)."""

    id: str
    ok: bool
    code: str = ""
    who: str = ""
    since: int | None = None
    anyway: bool = False
    incident: str = ""
    about: tuple[str, ...] = ()


def answers(kind: type[R]) -> Callable[[Callable[[S, R], T]], Callable[[S, R], T]]:
    """Make a method the handler of a request."""

    def mark(handler: Callable[[S, R], T]) -> Callable[[S, R], T]:
        handler.__dict__["answers"] = kind
        return handler

    return mark


def handlers(cls: type, kind: type[R]) -> Handlers[R, Any]:
    """The handlers that a class has for requests of a kind, by their tags: its own before those of its bases."""
    found: Handlers[R, Any] = {}
    for owner in reversed(cls.__mro__):
        for handler in vars(owner).values():
            asked = getattr(handler, "answers", None)
            if isinstance(asked, type) and issubclass(asked, kind):
                found[str(asked.__struct_config__.tag)] = (asked, handler)
    return found


def message(sent: object, longest: int = MAX_MESSAGE) -> tuple[str, dict[str, object]]:
    """A page's message: the tag of what it asks for, and all that it says. Raises `Malformed`."""
    if not isinstance(sent, str) or len(sent) > longest:
        raise Malformed
    try:
        found = msgspec.json.decode(sent, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise Malformed from None
    if not isinstance(do := found.get("do"), str):
        raise Malformed
    return do, found


def text(facts: Mapping[str, object], field: str) -> str:
    """A text among facts of no type; "" where there is none."""
    value = facts.get(field)
    return value if isinstance(value, str) else ""


def _fits(said: object, kind: Any) -> bool:
    try:
        msgspec.convert(said, kind)
    except msgspec.ValidationError:
        return False
    return True
