"""The sections of the settings that only a centre has: where orders go, how feeds are asked, the cluster, the training room."""

import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from dashboard.shell.preferences import Language
from feeds.settings import Access
from incidents.log.cluster_access import ClusterAccess
from incidents.settings import WEB, setting

CLUSTER = ("nats", "tls")
_CLUSTER_ADDRESS = re.compile(r"(nats|tls)://[^/?#@]*/?")


class Orders(Access, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where orders go: `zones` gives a zone's own address, `url` that of all others; neither: by radio. `languages` gives by a
    zone's key the language of its orders; by default that of its region."""

    url: Annotated[
        str,
        setting(
            "where the orders of zones without their own address go",
            example="https://dispatch.example/orders",
            address=WEB,
        ),
    ] = ""
    zones: Annotated[
        dict[str, str],
        setting(
            "a zone's own address by its key (`docs/orders.md`)",
            example={"5415": "https://zone.example/orders"},
            names="zone",
            address=WEB,
        ),
    ] = {}
    languages: Annotated[
        dict[str, Language],
        setting(
            "the language of a zone's orders (`fr`, `nl`, `de`, `en`) by its key",
            default="its region's, both where it has two",
            example={"5339": "nl"},
            names="zone",
        ),
    ] = {}

    def address(self, zone: str) -> str | None:
        """The address of a zone's dispatch."""
        return self.zones.get(zone) or self.url or None


class Feeds(Access, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How feeds are asked: the bearer token, and for `wss://` a certificate authority and a client certificate of our own."""

    token: Annotated[
        str, setting("bearer token for the feeds", example="a-long-token", secret=True, variable="VIGIE_FEED_TOKEN")
    ] = ""


class ClusterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The nats-servers of the cluster that keeps the log, what it is called there, how many of them keep it, and who asks."""

    servers: Annotated[
        tuple[str, ...],
        setting(
            "the nats-servers of the cluster that keeps the log; `tls://`: by TLS from the first byte (`docs/log.md`)",
            example=["tls://n1.example:4222", "tls://n2.example:4222", "tls://n3.example:4222"],
            address=CLUSTER,
        ),
    ] = ()
    name: Annotated[
        str, setting("what its stream is called there, of letters, digits and `_`", pattern="^[A-Za-z0-9_]{1,64}$")
    ] = "VIGIE"
    replicas: Annotated[int, setting("how many of the servers keep it, when it is begun", ge=1, le=5)] = 3
    user: Annotated[str, setting("as whom they are asked", example="vigie")] = ""
    password_file: Annotated[
        Path | None,
        setting(
            "the file with the user's password; without a user it holds a token",
            example="/srv/vigie/cluster.password",
            reads="file",
        ),
    ] = None
    ca_file: Annotated[
        Path | None,
        setting(
            "the authority of their certificates, PEM; set, all is by TLS",
            default="the system's",
            example="/srv/vigie/authority.pem",
            reads="file",
        ),
    ] = None
    cert_file: Annotated[
        Path | None,
        setting(
            "our own certificate, PEM, for servers that ask for one", example="/srv/vigie/cluster.pem", reads="file"
        ),
    ] = None
    key_file: Annotated[
        Path | None, setting("its private key, PEM", example="/srv/vigie/cluster.key", reads="file")
    ] = None

    def __post_init__(self) -> None:
        """Raises ValueError for what does not go together; msgspec makes it a ValidationError of the settings."""
        if any("@" in server for server in self.servers):
            raise ValueError("cluster.servers: an address holds no user: cluster.user and cluster.password_file do")
        if not all(map(_CLUSTER_ADDRESS.fullmatch, self.servers)):
            raise ValueError("cluster.servers: each is an address like nats://host:port or tls://host:port")
        if self.user and self.password_file is None:
            raise ValueError("cluster.user: its password stands in a file: set cluster.password_file")
        if self.key_file and self.cert_file is None:
            raise ValueError("cluster.key_file: it is the key of a certificate: set cluster.cert_file")

    @property
    def access(self) -> ClusterAccess:
        """As whom the servers are asked, and by which certificates."""
        return ClusterAccess(
            user=self.user,
            password_file=self.password_file,
            ca_file=self.ca_file,
            cert_file=self.cert_file,
            key_file=self.key_file,
        )


class Radio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How zones are reached by voice: `zones` gives a zone's radio or telephone number by its key."""

    zones: Annotated[
        dict[str, str],
        setting(
            "how a zone is reached by voice, by its key; shown beside an order it has not got",
            example={"5415": "ASTRID GENT-1"},
            names="zone",
        ),
    ] = {}


class AbroadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a centre calls for an alarm abroad: `contacts` gives a telephone number, or a name and a number, by country."""

    contacts: Annotated[
        dict[Literal["NL", "DE", "LU", "FR"], Annotated[str, msgspec.Meta(min_length=1, max_length=200)]],
        setting(
            "whom to call for an alarm abroad (at most 200 characters), by country `NL`, `DE`, `LU`, `FR`; "
            "none set: the page says so",
            example={"FR": "CORG Lille 0033 3 00 00 00 00"},
        ),
    ] = {}


class Degraded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The degraded-mode file: where (beside the log by default), how often, and the file with the supervisor's passphrase."""

    file: Annotated[
        Path | None,
        setting(
            "the degraded-mode file (`docs/degraded.md`)",
            default="`vigie-degraded.html` beside the log",
            example="/srv/vigie/vigie-degraded.html",
        ),
    ] = None
    every_min: Annotated[int, setting("minutes between its renewals; amber after two", ge=1)] = 60
    passphrase_file: Annotated[
        Path | None,
        setting(
            "the file with the supervisor's passphrase (12 characters at least); without it no degraded-mode file is written",
            example="/srv/vigie/degraded.passphrase",
            reads="file",
        ),
    ] = None


class EvidenceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The centre's certificate (its chain may follow in the file) and private key, PEM; with them evidence files are signed."""

    cert_file: Annotated[
        Path | None,
        setting(
            "the centre's certificate (its chain may follow in the file), PEM: evidence files are signed with it "
            "(`docs/evidence.md`)",
            example="/srv/vigie/centre.pem",
            reads="file",
        ),
    ] = None
    key_file: Annotated[Path | None, setting("its private key, PEM", example="/srv/vigie/centre.key", reads="file")] = (
        None
    )


class Training(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The training room (`train`), a process of its own: its folder (`training` beside the log by default), where it serves,
    and how many days an ended exercise is kept, and a recording from its incident's closing on."""

    folder: Annotated[
        Path | None,
        setting(
            "the training room's folder (`docs/training.md`)",
            default="`training` beside the log",
            example="/srv/vigie/training",
        ),
    ] = None
    port: Annotated[int, setting("the port where the training room is served", ge=0, le=65535)] = 5007
    address: Annotated[str, setting("the address where the training room is served")] = "127.0.0.1"
    origins: Annotated[
        tuple[str, ...],
        setting(
            "`host:port` under which trainees' browsers reach it, when not this machine's own; "
            "the first is linked from the live desk's sign-in page",
            example=["vigie.example:5007"],
            origin=True,
        ),
    ] = ()
    keep_days: Annotated[
        int,
        setting("days after which an ended exercise is deleted, and after its incident's closing a recording", ge=1),
    ] = 365
