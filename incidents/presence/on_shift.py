"""Who is on shift: the persons with a page open, each under an opaque id that a page may name, and their coming and going.

Pure: pages tell it who is there and when. A page that is loaded anew is gone for a moment; that is no leaving.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import uuid4

import msgspec

from incidents import events as ev
from incidents.roles import MAY, Role

STAYS = timedelta(seconds=15)  # without a page for less than this a person has not left


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person on shift. `key` is what a page calls them; `here` false: no page right now, perhaps loading."""

    key: str
    actor: str
    roles: frozenset[Role]
    since: datetime
    seen: datetime
    here: bool = True


class OnShift:
    """Everybody on shift, by pseudonym."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    @property
    def people(self) -> tuple[Person, ...]:
        """Who is on shift, the longest first."""
        return tuple(sorted(self._people.values(), key=lambda person: (person.since, person.key)))

    def actor(self, key: str) -> str | None:
        """The pseudonym behind an id of somebody on shift; None for anything else a page may send."""
        return next((person.actor for person in self._people.values() if person.key == key), None)

    def receiver(self, key: str) -> str | None:
        """The pseudonym behind an id of somebody on shift who may take an alarm; None for anything else."""
        may_take = MAY["accept_hand_over"]
        return next((one.actor for one in self._people.values() if one.key == key and one.roles & may_take), None)

    def see(
        self,
        present: Mapping[str, frozenset[Role]],
        now: datetime,
        elsewhere: Mapping[str, datetime] = MappingProxyType({}),
        *,
        certain: bool = True,
    ) -> list[tuple[Person, ev.Came | ev.Left]]:
        """Take who has a page now (pseudonym to roles): who came and who has left, to be recorded.

        `elsewhere`: since when other servers have had them on shift; where they have, one of them recorded that they came. Not
        `certain`: there may be pages that nobody knows of, and nobody leaves.
        """
        told: list[tuple[Person, ev.Came | ev.Left]] = []
        for actor, roles in present.items():
            known, since = self._people.get(actor), elsewhere.get(actor, now)
            if known is None:
                known = Person(key=uuid4().hex, actor=actor, roles=roles, since=since, seen=now)
                if actor not in elsewhere:
                    told.append((known, ev.Came(role=" ".join(sorted(roles)))))
            self._people[actor] = msgspec.structs.replace(
                known, roles=roles, since=min(known.since, since), seen=now, here=True
            )
        for actor in [actor for actor in self._people if actor not in present]:
            person = self._people[actor]
            if certain and now - person.seen >= STAYS:
                del self._people[actor]
                told.append((person, ev.Left(why="no_page")))
            elif person.here:
                self._people[actor] = msgspec.structs.replace(person, here=False)
        return told

    def stop(self) -> list[tuple[Person, ev.Left]]:
        """The server stops: everybody's page goes."""
        gone = [(person, ev.Left(why="server_stopped")) for person in self.people]
        self._people = {}
        return gone
