"""No task ends the process: what calls `sys.exit` inside one (a module that is imported, a library) fails that task alone.

asyncio lets SystemExit out of the loop, so that one request would end the desk for everybody.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


def hold(loop: asyncio.AbstractEventLoop) -> None:
    """Hold the tasks that this loop makes from now on."""
    loop.set_task_factory(_task)


def _task(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
    return asyncio.Task(_Held(work) if asyncio.iscoroutine(work) else work, loop=loop, **options)


class _Held(Coroutine[Any, Any, Any]):
    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work

    def send(self, value: Any) -> Any:
        try:
            return self._work.send(value)
        except SystemExit as error:
            raise RuntimeError("a task asked the process to end") from error

    def throw(self, *error: Any) -> Any:
        try:
            return self._work.throw(*error)
        except SystemExit as error:
            raise RuntimeError("a task asked the process to end") from error

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Any:
        return self._work.__await__()

    def __getattr__(self, name: str) -> Any:  # what asyncio's debugging looks at
        return getattr(self._work, name)
