"""What an operator page asks for beside what every page does; its supervisor's twin asks for the same, without case and map."""

from dashboard.shell import session as shell
from dashboard.shell.requests import Request


class Hello(shell.Hello, frozen=True, tag="hello"):
    """The page came: the desk name, the centres and the name that its browser keeps, and what stands chosen on it."""

    desk: str = ""
    browser: str = ""
    cics: tuple[str, ...] = ()
    selected: str = ""


class Select(Request, frozen=True, tag="select"):
    """An incident is chosen; none by ""."""

    incident: str = ""


class Rename(Request, frozen=True, tag="rename"):
    """The browser is to have another desk name."""

    desk: str = ""


class Cover(Request, frozen=True, tag="cover"):
    """The browser covers these centres; none of them covers all of the desk's."""

    cics: tuple[str, ...] = ()


class Presented(Request, frozen=True, tag="presented"):
    """The page painted these alarms."""

    ids: tuple[str, ...] = ()
    audible: bool = False


class Took(Request, frozen=True, tag="took"):
    """The page took what it was sent."""


class Near(Request, frozen=True, tag="near"):
    """Where so many stand that not all are drawn: those that are. They are kept newer than the others."""

    ids: tuple[str, ...] = ()


class SoundTested(Request, frozen=True, tag="sound_tested"):
    """The sounds were played: whether all of them were heard."""

    heard: bool = False
