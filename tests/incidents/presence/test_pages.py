"""What a server knows of the others' pages: by their words, as long as it hears them, not by silence of its own making."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from incidents.presence.pages import GAP_S, SILENT_S, Others, Watching, Word

AT = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
ANN, BOB = (
    Watching(actor=name, visible=True, audible=True, cics=frozenset({"OVL"}), roles=frozenset({"dispatcher"}))
    for name in ("ann", "bob")
)


class Cluster:
    """Servers that hear each other at once, but those that are cut off."""

    def __init__(self, *names: str) -> None:
        self.at = 1000.0
        self.servers = {name: Others(name, lambda: self.at) for name in names}
        self.cut: set[str] = set()
        self.dead: set[str] = set()
        self.deaf: set[str] = set()

    def speak(self, name: str, *, over: bool = False) -> None:
        word = self.servers[name].word(over=over)
        word = msgspec.json.decode(msgspec.json.encode(word), type=Word)
        if name in self.cut:
            return
        for other, server in self.servers.items():
            if other not in self.cut | self.dead | self.deaf:
                server.hear(word)
        self.servers[name].taken(word.n)

    def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.at += 1
            for name in self.servers.keys() - self.dead:
                self.speak(name)

    def present(self, name: str) -> set[str]:
        return {page.actor for page in self.servers[name].pages}


def three() -> Cluster:
    cluster = Cluster("a", "b", "c")
    cluster.servers["a"].say([ANN], {"ann": AT}, ["OVL"])
    cluster.pass_s(5)
    return cluster


def test_a_server_alone_knows_all_pages() -> None:
    alone = Others()
    alone.say([ANN], {"ann": AT}, ["OVL"])
    assert alone.certain and not alone.pages and not alone.there


def test_each_server_has_the_pages_of_the_others_and_not_its_own() -> None:
    cluster = three()
    cluster.servers["b"].say([BOB], {"ann": AT, "bob": AT}, ["VBR"])
    cluster.speak("b")
    assert [cluster.present(name) for name in "abc"] == [{"bob"}, {"ann"}, {"ann", "bob"}]
    assert cluster.servers["c"].since == {"ann": AT, "bob": AT} and cluster.servers["c"].cics == {"OVL", "VBR"}


def test_a_change_is_to_be_said_at_once_and_what_stays_is_not() -> None:
    woken: list[None] = []
    own = Others("a", wake=lambda: woken.append(None))
    for pages in ([ANN], [ANN], [ANN, BOB]):
        own.say(pages, {"ann": AT}, ["OVL"])
    assert len(woken) == 2


@given(key=st.text())
def test_servers_that_know_each_other_agree_who_stands_before_whom(key: str) -> None:
    cluster = three()
    assert sorted(server.before(key) for server in cluster.servers.values()) == [0, 1, 2]
    cluster.cut.add("a")
    cluster.pass_s(4)
    assert cluster.servers["a"].before(key) == Others().before(key) == 0, (
        "who knows nothing of others stands before all"
    )
    assert sorted(cluster.servers[name].before(key) for name in "bc") == [0, 1]


def test_no_name_of_a_person_or_a_session_is_in_a_word() -> None:
    own = Others("a")
    own.say([msgspec.structs.replace(ANN, session="secret-1", desk="Sofie Proef")], {"ann": AT}, [])
    said = msgspec.json.encode(own.word())
    assert b"Sofie" not in said and b"secret" not in said


def test_a_server_that_was_not_heard_of_for_3_s_has_no_pages_any_more() -> None:
    cluster = three()
    heard: list[set[str]] = []
    cluster.servers["b"].listen(lambda: heard.append(cluster.present("b")))
    cluster.dead.add("a")
    cluster.pass_s(int(SILENT_S))
    assert cluster.present("b") == {"ann"}
    cluster.pass_s(1)
    assert cluster.present("b") == set() and heard == [set()]
    assert cluster.servers["b"].certain and cluster.servers["b"].there


def test_the_pages_of_a_server_that_stops_go_at_once() -> None:
    cluster = three()
    cluster.speak("a", over=True)
    assert cluster.present("b") == cluster.present("c") == set()


def test_who_is_cut_off_keeps_what_it_knew_is_not_certain_and_hears_first_when_it_is_back() -> None:
    cluster = three()
    cluster.cut.add("b")
    cluster.pass_s(3600)
    server = cluster.servers["b"]
    assert cluster.present("b") == {"ann"} and not server.certain
    cluster.cut.clear()
    cluster.dead.add("a")  # it died meanwhile: that is known 3 s later, not at once
    cluster.pass_s(1)
    assert cluster.present("b") == {"ann"} and not server.certain
    cluster.pass_s(4)
    assert cluster.present("b") == set() and server.certain


def test_who_begins_is_certain_only_after_it_listened_for_3_s() -> None:
    cluster = Cluster("a", "b")
    assert not cluster.servers["b"].certain
    cluster.pass_s(3)
    assert not cluster.servers["b"].certain
    cluster.pass_s(1)
    assert cluster.servers["b"].certain


def test_who_may_speak_but_hears_nothing_is_not_certain() -> None:
    cluster = three()
    cluster.deaf.add("b")
    cluster.pass_s(10)
    assert cluster.present("b") == {"ann"} and not cluster.servers["b"].certain


def test_who_is_heard_but_not_by_the_clusters_majority_is_not_certain() -> None:
    times = iter(range(100))
    alone = Others("b", lambda: next(times) / 4)
    for _ in range(40):
        alone.hear(alone.word())
    assert not alone.certain


def test_an_older_word_changes_nothing() -> None:
    cluster = three()
    cluster.servers["a"].say([], {}, ["OVL"])
    newest = cluster.servers["a"].word()
    cluster.servers["b"].hear(newest)
    cluster.servers["b"].hear(msgspec.structs.replace(newest, n=newest.n - 1, pages=(ANN,)))
    assert cluster.present("b") == set()


def test_a_server_that_stood_still_takes_nobodys_pages_away() -> None:
    cluster = three()
    cluster.at += 60  # no word of its own was made meanwhile: it may have missed all
    server = cluster.servers["b"]
    assert not server.certain
    cluster.speak("b")
    assert cluster.present("b") == {"ann"} and not server.certain


STEPS = st.lists(
    st.sampled_from([(what, name) for what in ("cut", "join", "kill", "start", "page", "leave") for name in "abc"]),
    max_size=25,
)


@given(STEPS, st.lists(st.integers(1, 6), min_size=25, max_size=25))
def test_nobody_who_is_there_is_ever_certainly_away_and_after_quiet_all_know_the_same(
    steps: list[tuple[str, str]], waits: list[int]
) -> None:
    cluster, own = Cluster("a", "b", "c"), dict[str, list[Watching]](a=[], b=[], c=[])
    cluster.pass_s(5)
    do: dict[str, Callable[[str], object]] = {
        "cut": cluster.cut.add,
        "join": cluster.cut.discard,
        "kill": cluster.dead.add,
        "start": cluster.dead.discard,
        "page": lambda name: own.update({name: [msgspec.structs.replace(ANN, actor=f"at-{name}")]}),
        "leave": lambda name: own.update({name: []}),
    }
    for (what, name), seconds in zip(steps, waits, strict=False):
        if what == "start" and name in cluster.dead:
            own[name] = []  # a process begins with nobody
            cluster.servers[name] = Others(name + str(cluster.at), lambda: cluster.at)
            cluster.servers[name].say([], {}, [])
        do[what](name)
        for other in cluster.servers.keys() - cluster.dead:
            cluster.servers[other].say(own[other], {}, [])
        for _ in range(seconds):
            cluster.pass_s(1)
            up = cluster.servers.keys() - cluster.dead - cluster.cut
            for one in up:
                server = cluster.servers[one]
                for other in up - {one} if server.certain else ():
                    if cluster.servers[other].certain:  # it has been heard for as long
                        assert {page.actor for page in own[other]} <= cluster.present(one)
    cluster.cut.clear()
    cluster.pass_s(int(SILENT_S + GAP_S) + 4)
    for one in cluster.servers.keys() - cluster.dead:
        others = cluster.servers.keys() - cluster.dead - {one}
        assert cluster.servers[one].certain
        assert cluster.present(one) == {page.actor for other in others for page in own[other]}
