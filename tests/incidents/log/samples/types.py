"""One record of each record type, as this version writes it; `python -m tests.incidents.log.samples.types` writes them.

Each type has an incident of its own, raised before it; every fact of it is filled. Once a version was released its sample
is never made again: the next version gets its own (`VERSION`), and reads those before it. Persons, devices and keys are
invented.
"""

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import inspect

from centre.version import version
from incidents import events as ev
from incidents.board import Board
from incidents.log import Record
from incidents.log.sqlite import SqliteLog
from incidents.log.transfer import export, import_log
from tests.goldens.texts import value_text
from tests.incidents.facts import facts_of

HERE = Path(__file__).parent / "types"
VERSION = version()
AT = datetime(2026, 11, 24, 21, 14, 7, 412000, UTC)
ENDS = {".log.private": ".private", ".log.key": ".key", ".jsonl": ".jsonl"}
# What a text has to say to be that fact; any other text is one.
SAID = {"facts": "{}", "what": "offered_to_all"}
MOMENTS = ("to", "until", "start", "end", "at")


def example(kind: inspect.Type, name: str) -> Any:
    """A value of a type, the same each time. Raises NotImplementedError for a type that no record had before."""
    match kind:
        case inspect.UnionType():
            return example(next(one for one in kind.types if not isinstance(one, inspect.NoneType)), name)
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StrType():
            return ev.stamp(AT) if name.split("_")[-1] in MOMENTS else SAID.get(name, f"voorbeeld-{name}")
        case inspect.BoolType():
            return True
        case inspect.IntType():
            return 7
        case inspect.FloatType():
            return 3.5
        case inspect.DateTimeType():
            return AT
        case inspect.VarTupleType():
            return (example(kind.item_type, name),)
        case inspect.FrozenSetType():
            return frozenset({example(kind.item_type, name)})
        case inspect.DictType():
            return {example(kind.key_type, name): example(kind.value_type, name)}
        case inspect.StructType():
            return kind.cls(**{field.name: example(field.type, field.name) for field in kind.fields})
    raise NotImplementedError(f"{name}: {kind}")


def event_of(tag: str) -> ev.Event:
    """An event with every fact of it filled."""
    made = example(inspect.type_info(ev.EVENT_TYPES[tag]), tag)
    assert isinstance(made, ev.Event)
    return made


async def make(path: Path) -> None:
    """A log of them all, and a checkpoint."""
    log = await SqliteLog.open(path)
    actor = log.vault.pseudonym("A. Voorbeeld")
    for n, tag in enumerate(sorted(ev.EVENT_TYPES)):
        stream = f"incident/{log.vault.incident_id('AMR-00412', n)}"
        events = [event_of("raised"), event_of(tag)][tag == "raised" :]
        for version_, event in enumerate(events):
            at = AT + timedelta(minutes=n, seconds=version_)
            draft = ev.draft(event, id=f"112-app/{n}-{version_}", at=at, source_at=at, actor=actor)
            await log.append(stream, version_, draft)
    await log.checkpoint(ev.stamp(AT + timedelta(days=1)))
    await log.close()


async def read(of: str, folder: Path) -> str:
    """How this version reads and folds a sample: of each type its event, then what it changed of the incident."""
    log_path = folder / f"{of}.log"
    for end, kept in ENDS.items():
        shutil.copyfile(HERE / f"{of}{kept}", folder / f"{of}{end}")
    import_log(log_path, folder / f"{of}.jsonl")
    log = await SqliteLog.open(log_path, reading=True)
    streams: dict[str, list[Record]] = {}
    async for _, record in log.records():
        streams.setdefault(record.stream, []).append(record)
    lines = []
    for stream, records in streams.items():
        if stream.startswith("incident/"):
            lines.append(_line(log, stream.removeprefix("incident/"), records))
    await log.close()
    return "".join(sorted(lines))


def _line(log: SqliteLog, incident: str, records: list[Record]) -> str:
    board, states = Board(), []
    for record in records:
        entry = ev.entry(record, log.unseal(record))
        board.fold(entry)
        states.append(facts_of(board.incidents[incident]))
    before, after = (states[0] if len(states) > 1 else {}), states[-1]
    passing = ("version", "id", "history__entries")  # the history is the events, which stand above
    changed = {
        name: after[name] for name in after if name not in passing and (not before or before[name] != after[name])
    }
    return f"{records[-1].type}\n    {value_text(entry.event)}\n    {value_text(changed)}\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{VERSION}.log"
        asyncio.run(make(path))
        export(path, Path(folder) / f"{VERSION}.jsonl")
        HERE.mkdir(exist_ok=True)
        for end, kept in ENDS.items():
            shutil.copyfile(f"{folder}/{VERSION}{end}", HERE / f"{VERSION}{kept}")
    with tempfile.TemporaryDirectory() as folder:
        (HERE / f"{VERSION}.txt").write_text(asyncio.run(read(VERSION, Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
