"""A line between pages and server that can die without a word, as a router that forgot its connections lets it."""

import asyncio
import threading
from typing import Any


class Proxy:
    """Hands on what comes on its port, until it `dies`: then its sockets stay open and nothing passes."""

    def __init__(self) -> None:
        self.port = 0
        self._to = 0
        self._lines: list[asyncio.Event] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = True
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._on_loop(asyncio.start_server(self._line, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def lead_to(self, port: int) -> None:
        self._to = port

    def dies(self) -> None:
        self._loop.call_soon_threadsafe(self._hold)

    def resumes(self) -> None:
        """What was held goes on."""
        self._loop.call_soon_threadsafe(self._release)

    def takes_new_lines_only(self) -> None:
        """What was held stays dead for ever, as after a router forgot its connections."""
        self._loop.call_soon_threadsafe(self._forget)

    def end(self) -> None:
        async def close() -> None:
            self._server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        self._on_loop(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _on_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _hold(self) -> None:
        self._open = False
        for line in self._lines:
            line.clear()

    def _release(self) -> None:
        self._open = True
        for line in self._lines:
            line.set()

    def _forget(self) -> None:
        self._open = True
        self._lines.clear()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passes = asyncio.Event()
        self._lines.append(passes)
        if self._open:
            passes.set()
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ends = [writer]
        try:
            await passes.wait()
            there = await asyncio.open_connection("127.0.0.1", self._to)
            ends.append(there[1])
            both = (self._pump(reader, there[1], passes), self._pump(there[0], writer, passes))
            await asyncio.gather(*both)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passes: asyncio.Event) -> None:
        while data := await reader.read(1 << 16):
            await passes.wait()
            writer.write(data)
            await writer.drain()
        await passes.wait()
        writer.close()
