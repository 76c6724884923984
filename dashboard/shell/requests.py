"""What a page asks for: each request has one handler, whose arguments are what the request says.

A browser is not trusted: a field that does not fit its type counts as unsaid, and nothing that was sent is quoted or logged.
"""

import inspect
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

import msgspec

MAX_MESSAGE = 64 * 1024  # characters of one message of a page

F = TypeVar("F", bound=Callable[..., Coroutine[Any, Any, object]])
T = TypeVar("T", covariant=True)


class Malformed(Exception):
    """A page sent something that is no message."""


def answers(request: str, *, costs: bool = False) -> Callable[[F], F]:
    """Make a method the handler of a request. One that takes `**rest` is given all that the page said beside.

    `costs`: more than a lookup. It is an errand (`dashboard.shell.errands`), of which the newest alone is answered.
    """

    def mark(method: F) -> F:
        method.__dict__.update(answers=request, costs=costs)
        return method

    return mark


class Handler:
    """A method that answers a request, and the request's type (`kind`), which is made of the method's arguments."""

    def __init__(self, request: str, method: Callable[..., Coroutine[Any, Any, Any]]) -> None:
        said = list(inspect.signature(method).parameters.values())[1:]
        hints = get_type_hints(method, include_extras=True)
        self.method = method
        self.costs = bool(getattr(method, "costs", False))
        self.rest = any(one.kind is one.VAR_KEYWORD for one in said)
        self.types = {one.name: hints[one.name] for one in said if one.kind is not one.VAR_KEYWORD}
        defaults = {one.name: (one.default,) for one in said if one.default is not one.empty}
        fields = [(name, kind, *defaults.get(name, ())) for name, kind in self.types.items()]
        self.kind = msgspec.defstruct(request, fields, frozen=True, kw_only=True)

    def facts(self, asked: Mapping[str, object], strict: bool) -> dict[str, Any]:
        """The arguments by a page's message. Raises msgspec.ValidationError: `strict`, or what has no default is unsaid."""
        if not strict:
            asked = {name: said for name, said in asked.items() if _fits(said, self.types.get(name, object))}
        facts = msgspec.structs.asdict(msgspec.convert(asked, self.kind))
        return {**asked, **facts} if self.rest else facts


class Answering(Generic[T]):
    """Whoever has handlers; `without` leaves out requests that the base answers."""

    requests: ClassVar[dict[str, Handler]] = {}

    def __init_subclass__(cls, without: Collection[str] = ()) -> None:
        super().__init_subclass__()
        own = [Handler(name, method) for method in vars(cls).values() if (name := getattr(method, "answers", ""))]
        known = cls.requests | {handler.kind.__name__: handler for handler in own}
        cls.requests = {name: handler for name, handler in known.items() if name not in without}

    def answer(
        self, request: str, asked: Mapping[str, object], *, strict: bool = False
    ) -> Coroutine[Any, Any, T] | None:
        """The handler's work; None where there is no handler. Raises msgspec.ValidationError (`Handler.facts`)."""
        handler = self.requests.get(request)
        return None if handler is None else handler.method(self, **handler.facts(asked, strict))


class Command(msgspec.Struct, frozen=True):
    """A command for the desk, as `incidents.commands` has it; `typed` are times of day, by its fields."""

    facts: dict[str, object]
    typed: dict[str, object]

    @property
    def id(self) -> str:
        """By what the page knows the answer."""
        return text(self.facts, "id")[:64]

    @property
    def name(self) -> str:
        """Which command it is."""
        return text(self.facts, "do")


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The desk's answer to a command: `ok`, or why not, who stands in the way and since when (ms since 1970).

    `meant` is what may be meant in the place of a name that was typed, `case` the number of the case that it is about.
    """

    id: str
    ok: bool
    code: str = ""
    who: str = ""
    since: int | None = None
    anyway: bool = False
    incident: str = ""
    about: tuple[str, ...] = ()
    meant: str = ""
    case: str = ""


def message(sent: object, longest: int = MAX_MESSAGE) -> tuple[str, dict[str, object]]:
    """A page's message: which request it is, and all that it says. Raises `Malformed`."""
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
