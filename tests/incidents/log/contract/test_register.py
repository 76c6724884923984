"""What one server erased stands in every server's own register, and no backup of any of them brings it back."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bench.nats_servers import NatsServer
from incidents.log import LogUnavailable
from incidents.log.erasures import Erasures, NoRegister, register_beside
from incidents.log.jetstream import JetStreamLog
from tests.incidents.log.contract.centre import Centre, everything_now, holds, named_row
from tests.incidents.log.parts import LATER, append_somehow, draft, everything, write
from tests.incidents.log.test_erasures import put_back, set_aside
from tests.waiting import until

ANN = "Ann Voorbeeld"


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    """The servers of a log on a nats-server that a test may kill."""
    server = NatsServer(tmp_path)
    made = Centre(tmp_path, [server.address])
    made.server = server  # type: ignore[attr-defined]
    yield made
    await made.close()
    server.kill()


def registered(log: JetStreamLog, path: Path) -> dict[str, str]:
    try:
        return Erasures(register_beside(path), log.vault.register_key).read().newest
    except NoRegister:
        return {}


async def begin(log: JetStreamLog) -> str:
    """Three incidents and somebody; the pseudonym."""
    word = log.vault.pseudonym(ANN)
    for stream in ("incident/a", "incident/b", "incident/kept"):
        made = msgspec.structs.replace(draft(stream, sealed=b"secret"), actor=word)
        await log.append(stream, 0, made)
    return word


async def opened(log: JetStreamLog) -> dict[str, bytes | None]:
    return {record.stream: log.unseal(record) for record in await everything(log) if record.sealed}


async def test_what_any_server_erased_stands_in_the_register_of_each(centre: Centre) -> None:
    one, other = await centre.open("one"), await centre.open("two")
    away = await centre.open("away")
    word = await begin(one)
    await everything_now(away)
    await away.close()
    await one.erase("incident/a", id="erase/a", at=LATER, actor="someone")
    await other.erase("incident/b", id="erase/b", at=LATER, actor="someone")
    await one.erase_name(word, at=LATER)
    expected = dict.fromkeys(("incident/a", "incident/b", f"actor/{word}"), LATER)
    for log, name in ((one, "one"), (other, "two")):
        await everything_now(log)
        await until(lambda log=log, name=name: registered(log, centre.path(name)) == expected)  # type: ignore[misc]
    away = await centre.open("away")
    await until(lambda: registered(away, centre.path("away")) == expected)
    late = await centre.open("late")
    await until(lambda: registered(late, centre.path("late")) == expected)


@pytest.mark.parametrize("cluster", ["there", "away"])
async def test_a_backup_put_back_on_one_server_brings_nothing_back(
    centre: Centre, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.log.servers.ANSWER_S", 1.0)
    one, other = await centre.open("one"), await centre.open("two")
    word = await begin(one)
    await everything_now(other)
    await other.close()
    before = set_aside(centre.path("two"))
    _, sealed = named_row(centre.path("two"), word)
    other = await centre.open("two")
    await one.erase("incident/a", id="erase/a", at=LATER, actor="someone")
    await one.erase_name(word, at=LATER)
    await everything_now(other)
    await other.close()
    put_back(before)
    if cluster == "away":
        centre.server.kill()  # type: ignore[attr-defined]
    other = await centre.open("two")
    assert bool(other.trouble) == (cluster == "away")
    assert await opened(other) == {"incident/a": None, "incident/b": b"secret", "incident/kept": b"secret"}
    assert other.vault.name_of(word) is None
    if cluster == "away":
        return
    await other.close()
    assert not holds(centre.path("two").parent, sealed)
    await centre.agree()


async def test_what_a_register_has_and_the_log_does_not_is_erased_for_all(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await centre.open("one"), await centre.open("two")
    word = await begin(one)
    await everything_now(other)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(one, "_put", killed)
    with pytest.raises(KeyboardInterrupt):
        await one.erase("incident/a", id="erase/a", at=LATER, actor="someone")
    with pytest.raises(KeyboardInterrupt):
        await one.erase_name(word, at=LATER)
    monkeypatch.undo()
    await one.close()
    one = await centre.open("one")
    assert one.erased_again == 1
    await everything_now(other)
    for log in (one, other):
        assert await opened(log) == {"incident/a": None, "incident/b": b"secret", "incident/kept": b"secret"}
        assert log.vault.name_of(word) is None
    await centre.agree()
    later = await centre.open("three")
    assert later.vault.name_of(word) is None and (await opened(later))["incident/a"] is None
    await one.close()
    assert (await centre.open("one")).erased_again == 0


async def test_a_register_on_another_disk_that_is_lost_keeps_nobody_from_following(
    centre: Centre, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = await centre.open("one")
    await begin(one)
    path, place = centre.path("two"), tmp_path / "elsewhere"
    path.parent.mkdir()
    other = await JetStreamLog.open(
        path, centre.addresses, name=centre.name, replicas=1, key_file=centre.folder / "master.key", register=place
    )
    centre.logs.append(other)
    assert place.exists() and not register_beside(path).exists()
    place.unlink()
    place.mkdir()
    await one.erase("incident/a", id="erase/a", at=LATER, actor="someone")
    await write(one, "incident/c", 1)
    await everything_now(other)
    assert (await opened(other))["incident/a"] is None
    await until(lambda: "not in the register here yet" in caplog.text)
    with pytest.raises(LogUnavailable, match="register"):
        await other.erase("incident/b", id="erase/b", at=LATER, actor="someone")
    await append_somehow(other, "incident/b", draft("goes on"))
