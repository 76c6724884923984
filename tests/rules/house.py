"""The rules of the house as functions over sources (`{path: text}`), so that each can be tried on a made-up tree too."""

import ast
import importlib
import posixpath
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import FunctionType

ROOT = Path(__file__).parents[2]
Sources = Mapping[str, str]

# A room is a layer; the names are those of the top level. What a room may import beside itself:
ROOMS: dict[str, set[str]] = {
    "incidents": set(),
    "maps": set(),
    "feeds": {"incidents"},
    "reports": {"incidents", "maps"},
    "dashboard": {"incidents", "maps", "reports"},
    "centre": {"incidents", "maps", "feeds", "reports", "dashboard"},
    "training": {"incidents", "maps", "feeds", "reports", "dashboard", "centre"},
    "demo": {"incidents", "maps", "feeds", "reports", "dashboard", "centre", "training"},
    "bench": {"incidents", "maps", "feeds", "reports", "dashboard", "centre", "training", "demo"},
    "cli": {"incidents", "maps", "feeds", "reports", "dashboard", "centre", "training", "demo", "bench"},
    "app": {"cli", "centre"},
}
# Of some rooms only a part: what a training room shares with a centre has no feed, no order and no way out in it.
PARTS: dict[str, set[str]] = {
    "training": {"centre.access", "centre.assembly", "centre.settings", "centre.spool", "centre.lookups"},
    "app": {"centre.serving"},
}
NO_CODE = {"docs", "tests"}
FOREIGN = {  # what a room must not know at all
    "incidents": {"panel", "bokeh", "tornado", "websockets", "geopandas", "pandas", "shapely", "pyproj"},
    "maps": {"panel", "bokeh", "tornado", "websockets", "sqlite3"},
    "feeds": {"panel", "bokeh", "geopandas", "shapely", "pyproj"},
    "reports": {"panel", "bokeh", "tornado", "websockets", "geopandas", "shapely", "pyproj", "sqlite3"},
    "dashboard": {"sqlite3", "websockets", "geopandas"},
}
_EXTENDS = re.compile(r'{% extends "([\w/.]+)" %}')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COMPAT = "dashboard/shell/compat.py"
PAGES = {"panel", "bokeh", "tornado"}
ASSEMBLY, CONSOLES = "centre/assembly.py", "dashboard/consoles.py"
WIRED = {"Desk", "Watch", "ShiftWatch", "OrderSender", "Consoles", "Subscriber"}  # made in the assembly only
CORE = {"incidents", "feeds", "reports", "centre"}  # whose parts nobody finishes after their construction
# What the parts of a centre are called where they are held.
HELD_AS = {
    *("desk", "board", "watch", "shifts", "orders", "consoles", "centre", "parts", "core", "drills", "exclusions"),
    *("floor", "rows", "log", "history", "tallies", "devices", "evidence", "degraded", "aggregates", "subscriber"),
    *("cases", "zones", "reservations", "together", "listening", "bench", "recorder", "intake", "searches"),
}
DESK = {"board", "clock", "cases", "exclusions", "floor", "drills"}  # parts of a desk that anybody may ask
# Behind these a cycle would hide, or what a browser said would pass unlooked at.
TYPED = {"consoles", "session", "page", "zones", "clock", "house", "asked", "request", "wish", "command"}


def tracked(*patterns: str) -> list[Path]:
    """The files of the project, as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def sources(*patterns: str, tests: bool = False) -> dict[str, str]:
    """Every file of the product by its path."""
    files = {path.relative_to(ROOT).as_posix(): path for path in tracked(*patterns)}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items() if tests or room(name) != "tests"}


def templates() -> dict[str, str]:
    """The pages' templates by their paths; one that extends another of ours as it stands in that, which is no page alone."""
    texts = sources("*.html")
    extended = {name: f"dashboard/{found[1]}" for name in texts if (found := _EXTENDS.match(texts[name]))}
    pages = texts.keys() - extended.values()
    return {name: _within(texts[extended[name]], texts[name]) if name in extended else texts[name] for name in pages}


def _within(base: str, text: str) -> str:
    def block(found: re.Match[str]) -> str:
        own = re.search(found[1] + "(.*?){% endblock %}", text, re.DOTALL)
        return own[1] if own else ""

    return re.sub(r"({% block \w+ %}){% endblock %}", block, base)


def room(path: str) -> str:
    """The room of a file or of a dotted name."""
    return re.split(r"[/.]", path)[0]


@cache
def parsed(text: str) -> ast.Module:
    """A Python file's tree; many rules look at the same one."""
    return ast.parse(text)


@cache
def nodes(text: str) -> tuple[ast.AST, ...]:
    """All that stands in it, from the whole to its parts."""
    return tuple(ast.walk(parsed(text)))


def imports(text: str, modules: Iterable[str] = ()) -> Iterator[str]:
    """What a Python file imports, as dotted names; a name that is a module of `modules` is that module."""
    for node in nodes(text):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in modules else node.module or ""


def strangers(paths: Iterable[str]) -> set[str]:
    """Top-level names that are no room."""
    return {room(path) for path in paths if "/" in path or path.endswith(".py")} - ROOMS.keys() - NO_CODE - {""}


def upward(tree: Sources) -> list[str]:
    """Imports that the table of rooms does not allow."""
    modules, found = _modules(tree), []
    for path, text in tree.items():
        for name in imports(text, modules):
            to = room(name)
            if to not in ROOMS or to == room(path):
                continue
            parts = PARTS.get(room(path), set())
            partly = any(part.startswith(f"{to}.") for part in parts) and not any(
                name == part or name.startswith(f"{part}.") for part in parts
            )
            if to not in ROOMS[room(path)] or partly:
                found.append(f"{path} imports {name}")
    return found


def foreign(tree: Sources) -> list[str]:
    """Libraries in rooms whose business they are not."""
    return [
        f"{path} imports {name}"
        for path, text in tree.items()
        for name in imports(text)
        if room(name) in FOREIGN.get(room(path), ())
    ]


def mutual(tree: Sources) -> list[str]:
    """Folders that import each other. A folder and one inside it are one: what counts there are the modules (`cycles`)."""
    modules, arrows = _modules(tree), set()
    for path, text in tree.items():
        names = _scripts(path, text) if path.endswith(".js") else [modules.get(n, "") for n in imports(text, modules)]
        arrows |= {(posixpath.dirname(path), posixpath.dirname(name)) for name in names if name}
    return sorted(
        f"{one} and {two}"
        for one, two in arrows
        if one < two and (two, one) in arrows and not two.startswith(f"{one}/") and not one.startswith(f"{two}/")
    )


def cycles(tree: Sources) -> list[str]:
    """Modules that import themselves through others."""
    modules = _modules(tree)
    graph = {
        path: set(_scripts(path, _COMMENT.sub("", text)))  # a type that only a comment names is loaded by nobody
        if path.endswith(".js")
        else {modules[n] for n in imports(text, modules) if n in modules} - {path}
        for path, text in tree.items()
    }
    done: set[str] = set()
    found = []

    def visit(path: str, way: tuple[str, ...]) -> None:
        if path in way:
            found.append(" -> ".join((*way[way.index(path) :], path)))
        elif path not in done:
            for other in sorted(graph.get(path, ())):
                visit(other, (*way, path))
            done.add(path)

    for path in sorted(graph):
        visit(path, ())
    return found


def loose(tree: Sources) -> list[str]:
    """Parameters and attributes whose type is `Any`, or gives one, where a cycle would hide behind it."""
    return [
        f"{path}:{node.lineno} {name}"
        for path, text in tree.items()
        for node in nodes(text)
        for name, annotation in _annotated(node)
        if name.lstrip("_") in TYPED and annotation is not None and _is_loose(annotation)
    ]


def _annotated(node: ast.AST) -> list[tuple[str, ast.expr | None]]:
    """The names that a node gives a type."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        taken = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        return [(one.arg, one.annotation) for one in taken]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
        return [(node.target.attr, node.annotation)]
    return []


def _is_loose(annotation: ast.expr) -> bool:
    """Whether a type is `Any`, or something that gives one: `Callable[[], Any]`."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        annotation = annotation.slice.elts[-1]
    return isinstance(annotation, ast.Name) and annotation.id == "Any"


def private(tree: Sources) -> list[str]:
    """Private names that nothing of ours defines, outside of the one file that knows them: Panel's, Bokeh's, Tornado's."""
    ours, found = {"_replace", "_asdict", "_fields"}, []  # of named tuples, documented
    for text in tree.values():
        for node in nodes(text):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                ours.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                ours.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                ours.add(node.attr)
    for path, text in tree.items():
        if path == COMPAT:
            continue
        for node in nodes(text):
            named = node.attr if isinstance(node, ast.Attribute) else ""
            if isinstance(node, ast.ImportFrom) and room(node.module or "") not in ROOMS:
                named = next((alias.name for alias in node.names if alias.name.startswith("_")), "")
            if named.startswith("_") and not named.startswith("__") and named not in ours:
                found.append(f"{path}:{node.lineno} {named}")  # type: ignore[attr-defined]
    return found


def role_rules(tree: Sources, roles: Iterable[str]) -> list[str]:
    """Roles by their names in scripts: what somebody may is told to a page. An address may bear a role's name."""
    named = re.compile(rf"""(?<!new URL\()(?<!ways\(store, )(?<!leads\()(["'`])(?:{"|".join(roles)})\1|\.roles\b""")
    return _found(tree, named)


def life_rules(tree: Sources, states: Iterable[str]) -> list[str]:
    """An order of the states of an incident in scripts, or a choice by one of them: what is open in each is told to a page.

    That nobody has an alarm (`raised`) and that it is over (`closed`) may be asked: they say where it stands.
    """
    every = "|".join(states)
    worked = "|".join(state for state in states if state not in ("raised", "closed"))
    signs = (
        rf"""[=<>]=?\s*["'](?:{worked})["']""",
        rf"""["'](?:{worked})["']\s*[!=<>]=""",
        rf"""case ["'](?:{every})["']""",
        r"""indexOf\([\w.?]*\b(?:row|order|incident|held)\.(?:state|step)\b""",
        r"""includes\([\w.?]*\b(?:row|order|incident|held)\.(?:state|step)\b""",
        rf"""(?:["'](?:{every})["'],\s*){{2}}["'](?:{every})["']""",
    )
    return _found(tree, re.compile("|".join(signs)))


def _found(tree: Sources, sign: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number} {found.group()}"
        for path, text in tree.items()
        for number, line in enumerate(_COMMENT.sub(_blank, text).splitlines(), 1)
        for found in sign.finditer(re.sub(r"(?<![:\"'`])//.*", "", line))
    ]


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment.group().count("\n")


def overridden(classes: Iterable[type]) -> list[str]:
    """Private methods of Panel, Bokeh and Tornado that a class of ours redefines, outside of the one file that knows them."""
    return [
        f"{cls.__module__}.{cls.__qualname__}.{name}"
        for cls in classes
        if f"{cls.__module__.replace('.', '/')}.py" != COMPAT
        for name, value in vars(cls).items()
        if name.startswith("_") and not name.startswith("__") and isinstance(value, FunctionType)
        if any(name in vars(base) for base in cls.__mro__[1:] if room(base.__module__) in PAGES)
    ]


def classes(tree: Sources) -> Iterator[type]:
    """The classes that these files define."""
    for name in _modules(tree):
        module = importlib.import_module(name)
        yield from (one for one in vars(module).values() if isinstance(one, type) and one.__module__ == name)


def wired(tree: Sources) -> list[str]:
    """Parts of a centre that are made elsewhere than in the one assembly."""
    return [
        f"{path}:{node.lineno} {ast.unparse(node.func)}"
        for path, text in tree.items()
        if path != ASSEMBLY
        for node in nodes(text)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in WIRED
    ]


def patched(tree: Sources) -> list[str]:
    """Attributes of a part of the core that are set from outside after its construction.

    A part is a class of the core that is no record of values; its attributes are those that it sets on itself.
    """
    parts = [
        part
        for path, text in tree.items()
        if room(path) in CORE or path == CONSOLES
        for part in nodes(text)
        if isinstance(part, ast.ClassDef)
    ]
    owned: dict[str, set[str]] = {}
    for part in parts:
        owned.setdefault(part.name, set()).update(name for name, of in _stores(ast.walk(part)) if of in ("self", "cls"))
    known = set().union(*owned.values()) if owned else set()
    return [
        f"{path} {of}.{name}"
        for path, text in tree.items()
        for name, of in _stores(nodes(text))
        if name in known and of not in ("self", "cls") and _is_held(of)
    ]


def hooked(tree: Sources) -> list[str]:
    """Who is called back by a part, set on it from outside after its construction, or made to listen to it by a third.

    Who is to be called is an argument of the part, or listens to it by itself.
    """
    found = [(path, node) for path, text in tree.items() for node in nodes(text)]
    hooks = {
        node.target.attr
        for _, node in found
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute)
        if ast.unparse(node.annotation).startswith("Callable[")
    }
    set_outside = [
        f"{path} {of}.{name}"
        for path, text in tree.items()
        for name, of in _stores(nodes(text))
        if name in hooks and of not in ("self", "cls")
    ]
    return set_outside + [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, node in found
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("listen")
        if any(isinstance(heard, ast.Attribute) and _is_held(ast.unparse(heard.value)) for heard in node.args)
    ]


def _is_held(of: str) -> bool:
    return of.split(".")[-1].lstrip("_") in HELD_AS


def reached_through(tree: Sources) -> list[str]:
    """Ways through the desk to a part of it that is not public: `desk.recorder.log`."""
    return [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, text in tree.items()
        for node in nodes(text)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and ast.unparse(node.value.value).split(".")[-1] in ("desk", "_desk")
        and node.value.attr not in DESK
    ]


def _stores(parts: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Attributes that are assigned to: their name, and of what."""
    for node in parts:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, ast.unparse(node.value)


def _modules(tree: Sources) -> dict[str, str]:
    return {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in tree}


def _scripts(path: str, text: str) -> list[str]:
    named = re.findall(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""", text)
    return [posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in named]
