"""What a command forked by `tests.processes` has read before it begins: what it loads at once, and what it loads late."""

import contextlib
import gc
import importlib

from typer.main import get_command

import app
from maps.addresses.addresses import Addresses
from maps.zones import Zones

for name in ("centre.serving", "training.serving", "demo.centre", "tests.processes"):
    importlib.import_module(name)
# Another release may have these elsewhere: then the command reads them.
for name in ("panel.io.rest", "typer._adapters"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
# The shipped map and addresses, which each server reads.
zones = Zones.load()
_ = zones.adjacent
Addresses.of(None, zones).nearest(50.85, 4.35)
COMMAND = get_command(app.app)  # as `app.app()` makes it each time
# Else the first collection of each child walks, and so copies, all that its parent has read.
gc.collect()
gc.freeze()
