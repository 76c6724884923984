"""What each server answers is its table: the routes, walked in the running process, and what an outsider asks over a socket."""

import re

from tests.centre.served import Served
from tests.processes import ROOT

DOCS = ROOT / "docs" / "access.md"
HOLE = "/components/venv.__main__/X/css/y"  # Panel imports the module that stands there, which ends the process
FOREIGN = (
    HOLE,
    "/components/panel.io.server/X/css/y",
    "/components/",
    "/metadata",
    "/autoload.js",
    "/ws",
    "/rest/session_info",
    "/session_info",
    "/login",
    "/logout",
    "/admin",
    "/liveness",
    "/index.html",
    "/static/",
    "/static/js/",
    "/static/js/bokeh.js",
    "/static/js/lib/core/logging.js",
    "/static/js/../../server.py",
    "/static/js/%2e%2e/%2e%2e/server.py",
    "/static/js/..%2f..%2fserver.py",
    "/static/extensions/",
    "/static/extensions/panel/",
    "/static/extensions/panel/panel.json",
    "/static/extensions/panel/css/..%2f..%2f..%2fconfig.py",
    "/static/extensions/panel/css/../../../config.py",
    "/static/extensions/panel/bundled/reactiveesm/es-module-shims@%2e%2e/dist/es-module-shims.min.js",
    "/assets/../app.py",
    "/assets/shell/..%2f..%2fserver.py",
    "//components/venv.__main__/X/css/y",
    "/%63omponents/venv.__main__/X/css/y",
)
OF_A_PAGE = ("/", "/metadata", "/autoload.js?bokeh-autoload-element=x", "/static/js/bokeh.min.js", "/static/", "/x")
LOADED = (
    "/favicon.ico",
    "/static/js/bokeh.min.js",
    "/static/js/bokeh-gl.min.js",
    "/static/extensions/panel/panel.min.js",
    "/static/extensions/panel/css/loading.css",
    "/assets/shell/page.css",
)


def listed(*names: str) -> list[str]:
    """The addresses of these lists of `docs/access.md`."""
    text = DOCS.read_text(encoding="utf-8")
    found = [re.search(rf"^```routes ?{name}\n(.*?)^```", text, re.M | re.S) for name in names]
    return [line.split()[0] for block in found if block for line in block.group(1).splitlines()]


LISTED = {
    "desk": ("", "desk", "lines"),
    "training room": ("", "training room"),
    "panel serve": ("", "desk", "panel serve"),
}


def test_each_route_of_a_running_server_is_listed_with_what_it_is_for(served: Served) -> None:
    answered = served.routes()
    unlisted = sorted(set(answered) - set(listed(*LISTED[served.server])))
    assert unlisted == [], "list it in docs/access.md, with what it is for, or let the gate not answer it"
    assert sorted(answered) == sorted(listed(*LISTED[served.server])), "docs/access.md lists what is not there"


def test_whatever_else_panel_bokeh_or_tornado_bring_is_not_found_and_the_process_goes_on(served: Served) -> None:
    asked = [*FOREIGN, *(served.page + rest for rest in OF_A_PAGE)]
    image = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image", "Referer: https://elsewhere.example/")
    found = {path: served.status(path, *image) for path in asked}
    assert found == dict.fromkeys(asked, 404)
    assert {path: served.status(path) for path in LOADED} == dict.fromkeys(LOADED, 200)
    assert served.process.code is None


def test_a_method_that_no_route_has_is_refused(served: Served) -> None:
    for method in ("TRACE", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "BREW"):
        for path in (served.page, "/live", HOLE, "/static/js/bokeh.min.js"):
            assert served.status(path, method=method) in (404, 405), (method, path)
    assert served.status("/live") == 200
