"""Names of persons in a log that several servers write: all call a person by one pseudonym, which is random, and erasable.

A name is a message of the stream of keys, a row of a private store: its subject is the name's keyed digest, stored if there is
none. Whoever enters the first record of a person offers the pseudonym they made; who comes second takes over the other's before
anything of theirs is in the log. Every server follows these messages into its private store.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag

from incidents.log import Draft, LogUnavailable
from incidents.log.boxes import word_of
from incidents.log.erasures import ACTOR
from incidents.log.follower import Follower
from incidents.log.master import Master, Random, keyed_digest
from incidents.log.servers import NAME, Message, Servers
from incidents.log.vault import Vault

_TRIES = 20
_MEET_S = 1.0  # for a name, before a record is shown without it

Row = tuple[str, bytes, bytes]  # pseudonym, digest of the name, the name sealed: as `actors` of a private store has it

_logger = logging.getLogger(__name__)


class _Name(msgspec.Struct, frozen=True):
    """A person's name as it stands in the cluster."""

    pseudonym: str
    sealed: bytes


class NamesVault(Vault):
    """The private store of one server among several. A pseudonym that it makes is in memory alone until the cluster has it."""

    def __init__(
        self,
        path: Path,
        masters: Sequence[Master],
        random: Random,
        *,
        key_path: Path,
        writing: bool = True,
        durable: bool = True,
    ) -> None:
        self._new: dict[str, str] = {}  # by name: pseudonyms that the cluster has not seen
        self._names: dict[str, str] = {}  # by pseudonym: names that were new here
        self._instead: dict[str, str] = {}  # of pseudonyms that came second: the first one
        self._forgotten: set[str] = set()
        super().__init__(path, masters, random, key_path=key_path, writing=writing, durable=durable)

    def pseudonym(self, name: str) -> str:
        """The random word that stands for this person in the log: the cluster's, or one to offer it with their first record."""
        if (known := self._pseudonyms.get(name)) is not None:
            return known
        with self._lock:
            word = self._new.get(name) or self._pseudonym_of(name)
            if word is None:
                word = self._new[name] = word_of(self._random(10, f"name {name}"))
                self._names[word] = name
            elif name not in self._new:
                self._pseudonyms[name] = word
        return word

    def _pseudonym_of(self, name: str) -> str | None:
        word = super()._pseudonym_of(name)
        return None if word in self._forgotten else word

    def name_of(self, pseudonym: str) -> str | None:
        """As `PrivateStore.name_of`; of one that is not the cluster's yet, or never will be, too."""
        if pseudonym in self._forgotten:
            return None
        try:
            return self._names.get(pseudonym) or super().name_of(pseudonym)
        except InvalidTag:  # whoever may write in the cluster put there what no server sealed
            return None

    def new_in(self, draft: Draft) -> list[Row]:
        """The names that this draft is the first to use. Raises `LogUnavailable`."""
        with self._lock:
            used = [(word, name) for name, word in self._new.items() if _says(draft, word)]
        return [self._held[0].named(word, name) for word, name in used]

    def agreed(self, draft: Draft) -> Draft:
        """The draft with the cluster's pseudonyms in the place of those that came second."""
        for word, first in list(self._instead.items()):
            draft = _said_as(draft, word, first)
        return draft

    def adopt_names(self, rows: Iterable[Row]) -> None:
        """Keep names that the cluster has. Raises `LogUnavailable`: then only those in use here are known."""
        with self._lock:
            rows = [row for row in rows if row[0] not in self._forgotten]
            words = {digest: word for word, digest, _ in rows}
            for name, mine in list(self._new.items()):
                if (word := words.get(keyed_digest(self._held[0].name_key, name))) is None:
                    continue
                self._pseudonyms[name] = word
                self._names[word] = name
                del self._new[name]
                if word != mine:
                    self._instead[mine] = word
        with self._write_lock, self._writing.use() as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO actors VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)
            db.execute("COMMIT")

    def disuse_names(self, words: Collection[str]) -> None:
        """Name nobody by these pseudonyms any more, whether or not what says who they are could be deleted."""
        with self._lock:
            self._forgotten |= set(words)
            gone = {*words, *(word for word, first in self._instead.items() if first in words)}
            self._names = {word: name for word, name in self._names.items() if word not in gone}
            self._instead = {word: first for word, first in self._instead.items() if word not in gone}
            self._new = {name: word for name, word in self._new.items() if word not in gone}
            self._pseudonyms = {name: word for name, word in self._pseudonyms.items() if word not in gone}

    def forget_actor(self, pseudonym: str) -> bool:
        """As `PrivateStore.forget_actor`; even if this fails the name is out of use."""
        self.disuse_names([pseudonym])
        return super().forget_actor(pseudonym)

    def is_forgotten(self, pseudonym: str) -> bool:
        """Whether the log says that this name was erased."""
        return pseudonym in self._forgotten


class SharedNames:
    """The names among the messages of a cluster's stream of keys, and the private store here that takes them over."""

    def __init__(self, servers: Servers, stream: str, vault: NamesVault) -> None:
        self._servers, self._stream, self._vault = servers, stream, vault
        self._met: set[str] = set()
        self.follower = Follower(servers, stream, 0, self._take, nothing, subject=_subject(stream, "*"))

    async def agreed(self, draft: Draft) -> Draft:
        """The draft by the cluster's pseudonyms; a person's first one is the cluster's from then on. Raises `LogUnavailable`."""
        for row in self._vault.new_in(draft):
            await self._offer(row)
        return self._vault.agreed(draft)

    async def meet(self, actors: Collection[str]) -> None:
        """Have the names of these actors here, of whom records come, where the cluster has them. Raises `LogUnavailable`."""
        strangers = [one for one in actors if one not in self._met and self._vault.name_of(one) is None]
        last = await self._servers.last(self._stream, _subject(self._stream, "*")) if strangers else None
        if last is not None and not await self.follower.reached(last.seq, _MEET_S):
            _logger.warning("names of persons are not here yet: %s", self.follower.trouble or "they are late")
        self._met |= set(actors)

    async def forget(self, words: Collection[str]) -> None:
        """Delete the names of these pseudonyms from the cluster, for good. Raises `LogUnavailable`."""
        after = 0
        while words and (message := await self._servers.next(self._stream, _subject(self._stream, "*"), after)):
            after = message.seq
            if (row := _row(message)) is not None and row[0] in words:
                await self._servers.delete(self._stream, message.seq)

    async def _take(self, messages: Sequence[Message]) -> None:
        await self._adopt([row for message in messages if (row := _row(message)) is not None])

    async def _adopt(self, rows: Sequence[Row]) -> None:
        await asyncio.to_thread(self._vault.adopt_names, rows)

    async def _offer(self, row: Row) -> None:
        for _ in range(_TRIES):
            first = row if await offer(self._servers, self._stream, row) else await self._there(row)
            if first is not None:
                with contextlib.suppress(
                    LogUnavailable
                ):  # a full disk: it is known while this server runs, and followed again
                    await self._adopt([first])
                return
        raise LogUnavailable(f"{NAME}: no pseudonym can be agreed on now")

    async def _there(self, row: Row) -> Row | None:
        message = await self._servers.last(self._stream, _subject(self._stream, row[1].hex()))
        found = _row(message) if message is not None else None
        if message is None or (found is not None and not self._vault.is_forgotten(found[0])):
            return found
        # No name, or one that is erased: who erased it did not come to delete it.
        await self._servers.delete(self._stream, message.seq)
        return None


def names_of(erased: Collection[str]) -> list[str]:
    """The pseudonyms among erased streams."""
    return [stream.removeprefix(ACTOR) for stream in erased if stream.startswith(ACTOR)]


async def offer(servers: Servers, stream: str, row: Row) -> bool:
    """Have this name in the cluster's stream of keys, if it is not there; whether it is the one now. Raises `LogUnavailable`."""
    word, digest, sealed = row
    named = msgspec.json.encode(_Name(word, sealed))
    put = await servers.put(_subject(stream, digest.hex()), named, id=secrets.token_hex(16), after=0)
    return put.what == "stored"


def _subject(stream: str, digest: str) -> str:
    return f"{stream}.name.{digest}"


def _row(message: Message) -> Row | None:
    """The name that a message is; None for what is none."""
    try:
        named = msgspec.json.decode(message.data, type=_Name)
        return named.pseudonym, bytes.fromhex(message.subject.rpartition(".")[2]), named.sealed
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _says(draft: Draft, word: str) -> bool:
    said = (draft.actor, *(value for value in draft.open.values() if isinstance(value, str)))
    return any(word in one for one in said) or word.encode() in draft.sealed


def _said_as(draft: Draft, word: str, other: str) -> Draft:
    """The draft with another pseudonym: 16 random letters and digits are nothing else anywhere in it."""
    if not _says(draft, word):
        return draft
    facts = {name: fact.replace(word, other) if isinstance(fact, str) else fact for name, fact in draft.open.items()}
    sealed = draft.sealed.replace(word.encode(), other.encode())
    return msgspec.structs.replace(draft, actor=draft.actor.replace(word, other), open=facts, sealed=sealed)


async def nothing() -> None:
    """Nothing is looked at before names are followed: the log's own follower refuses another log's."""
