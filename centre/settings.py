"""The settings: from `vigie.toml`, over it `VIGIE_*` of the environment, over both the command line.

A field `port` is `port` in the file and `VIGIE_PORT` in the environment; `orders.url` is `url` under `[orders]` and
`VIGIE_ORDERS_URL`. Lists are comma-separated in the environment. docs/settings.md lists every field; a test compares.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from centre.log_lines import LogFormat
from dashboard.access.settings import AccessTimes, OidcSettings
from dashboard.shell.preferences import Language
from feeds.buttons.settings import ButtonSettings
from feeds.roads.settings import RoadSettings
from feeds.settings import OutsideSettings
from incidents.centres import ANNOUNCE_PCT
from incidents.desk.intake import ALARMING
from incidents.devices.listing import DeviceTests
from incidents.escalation.ladder import WatchTimes
from incidents.intervals import Profile
from incidents.messages import PressValue
from incidents.shifts import ShiftTimes
from reports.measures.profiles import PROFILES, ProfileError, own_profile

FILE = Path("vigie.toml")


class SettingsError(Exception):
    """A setting can't be used: which, and why."""


class Orders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where orders go: `zones` gives a zone's own address, `url` that of all others; neither: by radio. `languages` gives by a
    zone's key the language of its orders; by default that of its region."""

    url: str = ""
    zones: dict[str, str] = {}
    languages: dict[str, Language] = {}

    def address(self, zone: str) -> str | None:
        """The address of a zone's dispatch."""
        return self.zones.get(zone) or self.url or None


class Feeds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How feeds are asked: the bearer token, and for `wss://` a certificate authority and a client certificate of our own."""

    token: str = ""
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None


class Radio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How zones are reached by voice: `zones` gives a zone's radio or telephone number by its key."""

    zones: dict[str, str] = {}


class AbroadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a centre calls for an alarm abroad: `contacts` gives a telephone number, or a name and a number, by country."""

    contacts: dict[Literal["NL", "DE", "LU", "FR"], Annotated[str, msgspec.Meta(min_length=1, max_length=200)]] = {}


class Degraded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The degraded-mode file: where (beside the log by default), how often, and the file with the supervisor's passphrase."""

    file: Path | None = None
    every_min: Annotated[int, msgspec.Meta(ge=1)] = 60
    passphrase_file: Path | None = None


class EvidenceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The centre's certificate (its chain may follow in the file) and private key, PEM; with them evidence files are signed."""

    cert_file: Path | None = None
    key_file: Path | None = None


class Training(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The training room (`train`), a process of its own: its folder (`training` beside the log by default), where it serves,
    and how many days an ended exercise is kept, and a recording from its incident's closing on."""

    folder: Path | None = None
    port: int = 5007
    address: str = "127.0.0.1"
    origins: tuple[str, ...] = ()
    keep_days: Annotated[int, msgspec.Meta(ge=1)] = 365


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a centre may choose."""

    feed: tuple[str, ...] = ()
    log: Path = Path("vigie.log")
    cases: Path | None = None
    port: int = 5006
    address: str = "127.0.0.1"
    origins: tuple[str, ...] = ()
    behind_proxy: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    users: Path | None = None
    no_sign_in: bool = False
    centre: str = ""
    language: Language = "en"
    cics: tuple[str, ...] = ()
    announce_pct: int = ANNOUNCE_PCT
    key_file: Path | None = None
    zones_dir: Path | None = None
    streets_file: Path | None = None
    tiles_file: Path | None = None
    addresses_dir: Path | None = None
    basemap_url: str = ""
    basemap_attribution: str = ""
    health_token: str = ""
    log_format: LogFormat = "plain"
    profile_file: Path | None = None
    alarming: frozenset[PressValue] = ALARMING
    feeds: Feeds = Feeds()
    orders: Orders = Orders()
    radio: Radio = Radio()
    abroad: AbroadSettings = AbroadSettings()
    roads: RoadSettings = RoadSettings()
    degraded: Degraded = Degraded()
    buttons: ButtonSettings = ButtonSettings()
    watch: WatchTimes = WatchTimes()
    access: AccessTimes = AccessTimes()
    oidc: OidcSettings = OidcSettings()
    outside: OutsideSettings = OutsideSettings()
    shift: ShiftTimes = ShiftTimes()
    tests: DeviceTests = DeviceTests()
    evidence: EvidenceSettings = EvidenceSettings()
    training: Training = Training()


SECTIONS = (
    "feeds",
    "orders",
    "radio",
    "abroad",
    "roads",
    "degraded",
    "buttons",
    "watch",
    "access",
    "oidc",
    "outside",
    "shift",
    "tests",
    "evidence",
    "training",
)


def load(
    given: Mapping[str, Any] | None = None,
    *,
    file: Path = FILE,
    environ: Mapping[str, str] = os.environ,
    otherwise: Mapping[str, Any] = MappingProxyType({}),
) -> Settings:
    """The settings in force. `given` is the command line's, None values left out; `otherwise` what stands where nobody chose.

    Raises SettingsError.
    """
    facts: dict[str, Any] = dict(otherwise)
    try:
        if file.exists():
            facts |= tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from None
    for name, value in _from_environment(environ).items():
        if isinstance(value, dict):
            section = facts.get(name)
            facts[name] = (section if isinstance(section, dict) else {}) | value
        else:
            facts[name] = value
    for name, value in (given or {}).items():
        if value is None:
            continue
        section, _, field = name.partition(".")
        if field:
            facts.setdefault(section, {})[field] = value
        else:
            facts[name] = value
    try:
        return msgspec.convert(facts, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {error}") from None


def profiles(settings: Settings) -> dict[str, Profile]:
    """What response times are measured against: the known profiles, and as `own` the centre's. Raises SettingsError."""
    if settings.profile_file is None:
        return PROFILES
    try:
        own = own_profile(tomllib.loads(settings.profile_file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ProfileError) as error:
        raise SettingsError(f"profile_file: {error}") from None
    return {**PROFILES, "own": own}


def users_file(settings: Settings) -> Path:
    """The accounts' file: as set, or beside the log."""
    return settings.users or settings.log.with_name("vigie.users")


def addresses_folder(settings: Settings) -> Path:
    """The folder of imported addresses: as set, or beside the log."""
    return settings.addresses_dir or settings.log.with_name("addresses")


def buttons_file(settings: Settings) -> Path:
    """The file of enrolled buttons for whoever works with them: as set, or beside the log."""
    return settings.buttons.store or settings.log.with_name("vigie.buttons")


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for info in msgspec.structs.fields(Settings):
        if info.name in SECTIONS:
            section = {
                field.name: environ[name].split(",")
                if field.name in ("starts", "bench_devices", "origins")
                else environ[name]
                for field in msgspec.structs.fields(info.type)
                if (name := f"VIGIE_{info.name}_{field.name}".upper()) in environ
                and field.name not in ("zones", "languages", "roles_map", "contacts")
            }
            if section:
                facts[info.name] = section
        elif (text := environ.get(f"VIGIE_{info.name}".upper())) is not None:
            facts[info.name] = text.split(",") if info.name in ("feed", "origins", "alarming", "cics") else text
    # One token for all feeds: its documented name has no plural.
    if "VIGIE_FEED_TOKEN" in environ:
        facts.setdefault("feeds", {}).setdefault("token", environ["VIGIE_FEED_TOKEN"])
    return facts


def _path(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError
