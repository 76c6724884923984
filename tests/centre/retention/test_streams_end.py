"""What the streams of devices and of the desk seal, and what was not understood, ends too: the dry run says what is done."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from centre.retention import beside
from incidents import events as ev
from incidents.log import Draft
from incidents.log.sqlite import SqliteLog
from incidents.log.verify import verify
from tests.centre.retention.parts import CONFIRM, command, settings_of

OLD = datetime(2001, 3, 6, 9, tzinfo=UTC)


async def entered(log: SqliteLog, stream: str, event: ev.Event, at: datetime) -> None:
    version = await log.version(stream)
    id = f"{stream}-{version}"
    await log.append(stream, version, ev.draft(event, id=id, at=at, source_at=at, actor="ann"))


async def lived(folder: Path) -> None:
    """Of long ago and of now: a device's alarm that a person acknowledged, a note, a search, bytes; one that nobody did."""
    log = await SqliteLog.open(settings_of(folder).log)
    await log.append(
        "other/x",
        0,
        Draft(id="x", at=ev.stamp(OLD), source_at=ev.stamp(OLD), actor="a", type="noted", open={}, sealed=b"x"),
    )
    for at in (OLD, datetime.now(UTC)):
        await entered(log, "device/a", ev.DeviceAlarmed(condition="battery_low", device="AMR-00412", battery=4), at)
        await entered(log, "desk/shift", ev.SheetNoted(text="ask Ann"), at)
        await entered(log, "desk/access", ev.CaseNumbersSearched(found=1, text="voorbeeld"), at)
        await log.quarantine("112-app", ev.stamp(at), "no JSON", b"AMR-00412 of " + ev.stamp(at).encode())
        if at == OLD:
            await entered(log, "device/a", ev.DeviceAcknowledged(condition="battery_low"), at)
            await entered(log, "device/b", ev.DeviceAlarmed(condition="link_lost", device="AMR-00413"), at)
    await log.close()


async def opened(folder: Path) -> dict[str, list[bool]]:
    """Of each stream's sealed records, oldest first, whether it opens."""
    log = await SqliteLog.open(settings_of(folder).log, reading=True)
    try:
        streams = ("device/a", "device/b", "desk/shift", "desk/access")
        found = {
            stream: [bool(log.unseal(record)) for record in await log.stream(stream) if record.sealed]
            for stream in streams
        }
        return {**found, "quarantine": [True for _ in log.vault.quarantined()]}
    finally:
        await log.close()


async def recorded(folder: Path) -> tuple[dict[str, object], set[str]]:
    """What the run says that it did, and which streams, months and bytes are recorded as erased."""
    log = await SqliteLog.open(settings_of(folder).log, reading=True)
    try:
        (ran,) = (await log.latest(["retention_run"])).values()
        return dict(ran.open), set(await log.latest(["erased"]))
    finally:
        await log.close()


def test_months_of_devices_and_of_the_desk_and_what_was_not_understood_end(tmp_path: Path) -> None:
    asyncio.run(lived(tmp_path))
    assert command(tmp_path, *CONFIRM).output.endswith(
        "over tonight: 2 desk, 1 device, 1 looks, 1 quarantine\nconfirmed\n"
    )
    dry = command(tmp_path, "run", "--dry-run").output
    assert {line.split(",")[0] for line in dry.splitlines() if ", over since 20" in line} == {
        "looks desk/access/2001-03: looks",
        "desk desk/shift/2001-03: desk",
        "desk other/x: desk",  # a stream that no rule names ends too
        "device device/a/2001-03: device",
        "quarantine 1: quarantine",
    }
    done = command(tmp_path, "run")
    assert done.exit_code == 0 and done.output == dry.replace("would be erased", "erased")
    assert asyncio.run(opened(tmp_path)) == {
        "device/a": [False, True], "device/b": [True], "desk/shift": [False, True], "desk/access": [False, True],
        "quarantine": [True],
    }  # fmt: skip
    assert asyncio.run(recorded(tmp_path)) == (
        {"streams": 3, "messages": 1, "months": 1},
        {"device/a/2001-03", "desk/shift/2001-03", "desk/access/2001-03", "other/x"},
    )
    assert verify(settings_of(tmp_path).log).ok and "\n0 erased" in command(tmp_path, "run").output


def test_a_time_that_a_centre_never_confirmed_ends_nothing(tmp_path: Path) -> None:
    """It confirmed its times when there were fewer."""
    asyncio.run(lived(tmp_path))
    words = "test=90 accidental=365 real=3650 case=3650 version=1825 evidence=365 looks=5475"

    async def confirmed() -> None:
        log = await SqliteLog.open(settings_of(tmp_path).log)
        event = ev.RetentionConfirmed(times=words, advice="both", said="a letter")
        await entered(log, "audit/2026-11", event, datetime.now(UTC) - timedelta(days=1))
        await log.close()

    asyncio.run(confirmed())
    ran = command(tmp_path, "run").output
    assert "looks desk/access/2001-03" in ran and "device/a" not in ran and "quarantine 1" not in ran
    assert "not confirmed, and nothing ends by it: device, desk, quarantine" in ran
    assert asyncio.run(opened(tmp_path))["device/a"] == [True, True]
    assert "device        1825 days   TO CONFIRM" in command(tmp_path, "times").output
    meant = asyncio.run(beside.meant(settings_of(tmp_path), "device=365 test=30 desk=800"))
    assert meant.shorter == ("test", "device"), "than was confirmed, or proposed where there was no such time"
    assert command(tmp_path, *CONFIRM, "--set", "device=365").output.endswith("\nconfirmed\n")
    assert "device device/a/2001-03" in command(tmp_path, "run").output
