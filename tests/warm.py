"""What a command forked by `tests.processes` has read before it begins: what it loads at once, and what it loads late."""

import contextlib
import gc
import importlib

from typer.main import get_command

import app

for name in ("centre.serving", "training.serving", "demo.centre"):
    importlib.import_module(name)
# Another release may have these elsewhere: then the command reads them.
for name in ("panel.io.rest", "typer._adapters"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
COMMAND = get_command(app.app)  # as `app.app()` makes it each time
# Else the first collection of each child walks, and so copies, all that its parent has read.
gc.collect()
gc.freeze()
