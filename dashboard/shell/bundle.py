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

_VERSION = "of"
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
    """Where a page's scripts are, below its root; other scripts have another address, so that a browser keeps them for good."""
    return f"assets/pages/{page}.js?{_VERSION}={sha256(bundle(f'{page}/page.js').encode()).hexdigest()[:16]}"


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
    """A page's scripts: kept by who asks for these very ones, asked for anew by whom else. A page never mixes two versions."""

    def get(self, page: str) -> None:
        try:
            script = bundle(f"{page}/page.js")
        except FileNotFoundError:
            self.send_error(404)
            return
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        known = address(page).endswith(f"={self.get_query_argument(_VERSION, '')}")
        self.set_header("Cache-Control", "max-age=31536000, immutable" if known else "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(script)
