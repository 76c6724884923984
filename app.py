"""The front door: the command line, and what `panel serve app.py --plugins app` needs. It wires the rooms and decides nothing.

Each command imports what it needs when it runs, so that `locate` or `log verify` start without a web server.
"""

import sys
from pathlib import Path
from typing import Any

import typer

if (_HERE := str(Path(__file__).resolve().parent)) not in sys.path:  # installed, the rooms lie in the package `vigie`
    sys.path.insert(0, _HERE)

from cli.addresses import addresses_app
from cli.aggregate import export_aggregate
from cli.approve import approve
from cli.backup import backup_app, restore
from cli.bench import bench
from cli.buttons import buttons_app
from cli.cases import cases_app
from cli.check import check
from cli.cluster import cluster_app
from cli.degraded import degraded_app
from cli.devices import devices_app
from cli.evidence import evidence
from cli.feed import feed_app
from cli.keys import keys_app
from cli.log import log_app
from cli.report import report
from cli.retention import retention_app
from cli.serve import demo, serve, sweep_training
from cli.settings import settings_app
from cli.streets import streets_app
from cli.subject import subject
from cli.terminal import ANSWERED, of_all
from cli.training import record, train
from cli.users import users_app
from cli.zones import locate, zones_app

HELP = "Vigie, the live desk of Belgium's mobile anti-stalking alarm."
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=HELP, callback=of_all)
for name, group in {
    "zones": zones_app,
    "streets": streets_app,
    "addresses": addresses_app,
    "feed": feed_app,
    "log": log_app,
    "backup": backup_app,
    "keys": keys_app,
    "cases": cases_app,
    "retention": retention_app,
    "degraded": degraded_app,
    "devices": devices_app,
    "buttons": buttons_app,
    "users": users_app,
    "settings": settings_app,
    "cluster": cluster_app,
}.items():
    app.add_typer(group, name=name)
COMMANDS = (
    *(evidence, subject, report, record, train, restore, export_aggregate, approve),
    *(serve, check, demo, locate, bench),
)
for command in COMMANDS:
    app.command(command.__name__.replace("_", "-"))(command)


def __getattr__(name: str) -> Any:
    """`panel serve app.py --plugins app` asks for our routes once, before any browser comes."""
    if name == "ROUTES":
        # `panel serve` has this folder on the path only while it imports this file, and not always the working directory.
        if _HERE not in sys.path:
            sys.path.insert(0, _HERE)
        from centre.serving import plugin_routes

        try:
            return plugin_routes(sweep_training)
        except Exception as error:
            if type(error).__name__ in ANSWERED:
                sys.exit(f"vigie: {error}")
            raise
    raise AttributeError(name)


if __name__ == "__main__":
    app()
elif __name__.startswith("bokeh_app_"):
    # `panel serve` runs this file again for each page.
    from centre.serving import plugin_page

    plugin_page().servable()
