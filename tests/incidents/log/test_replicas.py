"""Who keeps all of a cluster's log is what JetStream says of it; a server that is behind for a moment is not lost."""

from typing import Any

from incidents.log import LogUnavailable
from incidents.log.replicas import Replicas
from incidents.log.servers import ApiError, Servers


class Asked(Servers):
    """A cluster of three, of which one leads: `others` by name, and whether each is current."""

    def __init__(self, **others: bool) -> None:
        self.others, self.failure = others, None

    async def ask(self, what: str, body: object = None) -> dict[str, Any]:
        if self.failure is not None or what == "STREAM.INFO.NOT-YET":
            raise self.failure or ApiError(10059, "stream not found")
        found = [{"name": name, "current": current} for name, current in self.others.items()]
        return {"cluster": {"leader": "n1", "replicas": found}} if found else {}

    failure: Exception | None


async def lost(asked: Asked, *, replicas: int = 3, looks: int = 3) -> tuple[str, ...]:
    of = Replicas(asked, ["NOT-YET", "VIGIE"], replicas)
    for _ in range(looks):
        await of.look()
    return of.lost


async def test_a_server_that_lacks_something_look_after_look_is_lost_until_it_has_all() -> None:
    asked = Asked(n2=True, n3=False)
    of = Replicas(asked, ["NOT-YET", "VIGIE"], 3)
    found = []
    for current in (False, False, True, False, False, False, True):
        asked.others["n3"] = current
        await of.look()
        found.append(of.lost)
    assert found == [(), (), (), (), (), ("n3",), ()]


async def test_a_log_that_fewer_servers_keep_than_are_set_lacks_one_that_has_no_name() -> None:
    assert await lost(Asked(n2=True)) == ("?",)
    assert await lost(Asked()) == ("?",) and await lost(Asked(), replicas=1) == ()


async def test_a_cluster_that_does_not_answer_is_cut_off_and_says_nothing_of_its_servers() -> None:
    asked = Asked(n2=True, n3=False)
    of = Replicas(asked, ["VIGIE"], 3)
    for asked.failure in (None, None, None, LogUnavailable("no server of its cluster answers")):
        await of.look()
    assert of.lost == ()
