"""Processes and a browser for the benches: the real server, the bare one, and headless Chromium."""

import asyncio
import contextlib
import os
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from dashboard.ports import free_port
from feeds.gateway import Gateway

ROOT = Path(__file__).parents[1]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Playwright's own, and the two pages that Chromium loads for its address bar beside each page.
    "--disable-features=AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,"
    "NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,ThirdPartyStoragePartitioning,"
    "WebUIOmniboxAimPopup,WebUIOmniboxPopup",
]


@contextlib.asynccontextmanager
async def process(*command: str, url: str, within_s: float = 60) -> AsyncIterator[int]:
    """Run a Python process until its page answers, so many seconds at most; its process id. Killed at the end."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env={**os.environ}, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(within_s):
            while not await asyncio.to_thread(_answers, url):
                if running.returncode is not None:
                    raise RuntimeError(f"{command[0]} ended with {running.returncode}")
                await asyncio.sleep(0.1)
        yield running.pid
    finally:
        if running.returncode is None:
            running.terminate()
            try:
                async with asyncio.timeout(10):
                    await running.wait()
            except TimeoutError:
                running.kill()
                await running.wait()


@contextlib.asynccontextmanager
async def desk(
    kept: Path | None = None, *more: str, program: tuple[str, ...] = ("app.py",)
) -> AsyncIterator[tuple[Gateway, int, str]]:
    """A feed and the real server that follows it: the gateway, the server's process id, its address.

    Its log is a fresh one, or that of the folder `kept`; `more` are words of its command, `program` is what Python runs.
    """
    gateway = Gateway("112-app")
    await gateway.start()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    try:
        with tempfile.TemporaryDirectory() as fresh:
            log = (kept or Path(fresh)) / "vigie.log"
            log.parent.mkdir(exist_ok=True)
            command = (*program, "serve", "--no-sign-in", "--feed", gateway.url, "--log", str(log), *more)
            async with process(*command, "--port", str(port), url=f"{base}/live") as pid:
                yield gateway, pid, base
    finally:
        await gateway.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """One Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield started
        finally:
            await started.close()


async def open_page(started: Browser, url: str, *, first: str = "") -> Page:
    """A page of its own context, at a control room's size: it counts as visible whatever others do. `first` runs before its
    own scripts."""
    context = await started.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.add_init_script(first)
    await page.goto(url)
    return page


def cpu_s(pid: int) -> float:
    """Seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """What a process has in memory now, shared pages among it."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
