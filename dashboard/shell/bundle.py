"""The scripts of a page as one: its modules are joined as they are, so that a browser asks once, not seventy times.

Each module is a function of its own that gives what it exports; what it imports it takes from those before it. Only what our
modules write is known: `import { a, b as c } from "./x.js"` and declarations with `export` before them (a test holds them to it).
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from tornado.web import RequestHandler

_HERE = Path(__file__).parents[1]
BUNDLE = r"/assets/pages/([a-z_]+)\.js"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)


@cache
def modules(entry: str) -> tuple[str, ...]:
    """The modules that `entry` needs, each once, after those that it needs itself; by their path in the dashboard."""
    found: dict[str, None] = {}

    def add(path: str) -> None:
        if path not in found:
            for _, name in _IMPORT.findall(_source(path)):
                add(normpath(join(dirname(path), name)))
            found[path] = None

    add(entry)
    return tuple(found)


@cache
def bundle(entry: str) -> str:
    """The script that does what `entry` does, for `/assets/pages/`. Raises FileNotFoundError when there is no such module."""
    return "\n".join(_part(path) for path in modules(entry))


@cache
def address(page: str) -> str:
    """Where a page's scripts are, below its root. Scripts that differ have another address: a browser keeps these for good."""
    return f"assets/pages/{page}.js?of={sha256(bundle(f'{page}/page.js').encode()).hexdigest()[:16]}"


def _source(path: str) -> str:
    return (_HERE / path).read_text(encoding="utf-8")


def _part(path: str) -> str:
    source = _source(path)

    def taken(found: re.Match[str]) -> str:
        return f"const {{{found[1].replace(' as ', ': ')}}} = {_name(normpath(join(dirname(path), found[2])))};"

    # An address beside the module stays beside it.
    source = source.replace("import.meta.url", f'new URL("{relpath(path, "pages")}", import.meta.url)')
    given = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(taken, source))
    return f"const {_name(path)} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();\n"


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "$", path.removesuffix(".js"))


class Bundle(RequestHandler):
    """A page's scripts, kept by a browser that asked for these by their hash: a page never mixes two versions."""

    def get(self, page: str) -> None:
        try:
            script = bundle(f"{page}/page.js")
        except FileNotFoundError:
            self.send_error(404)
            return
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        these = (self.request.uri or "").endswith(address(page))
        self.set_header("Cache-Control", "max-age=31536000, immutable" if these else "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(script)
