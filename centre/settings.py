"""The settings: from `vigie.toml`, over it `VIGIE_*` of the environment, over both the command line.

A field `port` is `port` in the file and `VIGIE_PORT` in the environment; `orders.url` is `url` under `[orders]` and
`VIGIE_ORDERS_URL`. Lists are comma-separated in the environment. Each field says what it means; docs/settings.md
and docs/vigie.toml are made of that (`centre.setting_texts`).
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from centre.log_lines import LogFormat
from centre.setting_sections import (
    AbroadSettings,
    ClusterSettings,
    Degraded,
    EvidenceSettings,
    Feeds,
    Orders,
    Radio,
    Training,
)
from centre.setting_sources import SettingsError as SettingsError
from centre.setting_sources import gathered
from dashboard.access.settings import AccessTimes, OidcSettings
from dashboard.shell.preferences import Language
from feeds.buttons.settings import ButtonSettings
from feeds.roads.settings import RoadSettings
from feeds.settings import OutsideSettings
from incidents.auditing.rules import AuditRules
from incidents.centres import ANNOUNCE_PCT
from incidents.desk.intake import ALARMING
from incidents.devices.listing import DeviceTests
from incidents.escalation.ladder import WatchTimes
from incidents.intervals import Profile
from incidents.log.erasures import register_beside
from incidents.log.regular_files import read_toml
from incidents.messages import PressValue
from incidents.settings import LINE, WEB, setting
from incidents.shifts import ShiftTimes
from reports.measures.profiles import PROFILES, own_profile

FILE = Path("vigie.toml")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a centre may choose."""

    feed: Annotated[
        tuple[str, ...],
        setting("addresses of alarm feeds (`docs/protocol.md`)", example=["wss://feed.example/amr"], address=LINE),
    ] = ()
    log: Annotated[Path, setting("the log's file; its keys lie beside it")] = Path("vigie.log")
    cases: Annotated[
        Path | None, setting("the case register's file (`docs/cases.md`)", example="/srv/vigie/cases.db")
    ] = None
    port: Annotated[int, setting("the port where the pages are served", ge=0, le=65535)] = 5006
    address: Annotated[str, setting("the address where the pages are served")] = "127.0.0.1"
    origins: Annotated[
        tuple[str, ...],
        setting(
            "`host:port` under which browsers reach it, when not this machine's own",
            example=["vigie.example:5006"],
            origin=True,
        ),
    ] = ()
    behind_proxy: Annotated[
        bool, setting("believe the proxy's `X-Forwarded-For` and `-Proto`; only the proxy may reach the address")
    ] = False
    tls_cert: Annotated[
        Path | None,
        setting(
            "certificate chain, PEM: with its key the pages are served by TLS",
            example="/srv/vigie/pages.pem",
            reads="file",
        ),
    ] = None
    tls_key: Annotated[Path | None, setting("its private key, PEM", example="/srv/vigie/pages.key", reads="file")] = (
        None
    )
    users: Annotated[
        Path | None,
        setting("the accounts' file", default="`vigie.users` beside the log", example="/srv/vigie/vigie.users"),
    ] = None
    no_sign_in: Annotated[bool, setting("anyone at this machine may act; it listens nowhere else")] = False
    centre: Annotated[str, setting("the centre's name on the page", example="CIC Oost-Vlaanderen")] = ""
    language: Annotated[
        Language,
        setting(
            "the centre's language (`fr`, `nl`, `de`, `en`): of what is made for no reader in particular, "
            "and of whom neither account nor browser says what they read (`docs/languages.md`)"
        ),
    ] = "en"
    cics: Annotated[
        tuple[str, ...],
        setting(
            "the centres (CIC) this desk answers for; each position may choose its own (`docs/centres.md`)",
            default="all of the map",
            example=["OVL"],
            names="centre",
        ),
    ] = ()
    announce_pct: Annotated[
        int,
        setting(
            "the share of another centre's zones, in per cent, from which it is told of an alarm beforehand",
            ge=0,
            le=100,
        ),
    ] = ANNOUNCE_PCT
    key_file: Annotated[
        Path | None,
        setting(
            "the master key of log, cases and the codes of accounts",
            default="beside each",
            example="/srv/vigie-keys/vigie.key",
        ),
    ] = None
    erased_register: Annotated[
        Path | None,
        setting(
            "the register of what was erased, without which no backup is restored: on another disk than log and backups "
            "(`docs/backup.md`)",
            default="`PATH.erased` beside the log",
            example="/srv/vigie-erased/vigie.erased",
        ),
    ] = None
    zones_dir: Annotated[
        Path | None,
        setting(
            "a folder made by `zones import`", default="the shipped zones", example="/srv/vigie/zones", reads="folder"
        ),
    ] = None
    streets_file: Annotated[
        Path | None,
        setting(
            "a file made by `streets import` (`docs/streets.md`)",
            default="the shipped streets",
            example="/srv/vigie/streets.parquet",
            reads="file",
        ),
    ] = None
    tiles_file: Annotated[
        Path | None,
        setting(
            "an MBTiles or PMTiles file of images, served by Vigie as the street map under the map",
            example="/srv/vigie/streets.pmtiles",
            reads="file",
        ),
    ] = None
    addresses_dir: Annotated[
        Path | None,
        setting(
            "the folder that `addresses import` makes; without it the shipped addresses (`docs/addresses.md`)",
            default="`addresses` beside the log",
            example="/srv/vigie/addresses",
        ),
    ] = None
    basemap_url: Annotated[
        str,
        setting(
            "another server's XYZ raster under the map: the only thing that has browsers ask elsewhere",
            example="https://tiles.example/{z}/{x}/{y}.png",
            address=WEB,
        ),
    ] = ""
    basemap_attribution: Annotated[
        str, setting("the credit of that map, or of `tiles_file`", example="© the makers of the map")
    ] = ""
    health_token: Annotated[
        str,
        setting("opens the details of `/health`, and `/metrics`, from elsewhere", example="a-long-token", secret=True),
    ] = ""
    log_format: Annotated[
        LogFormat, setting("how log lines are written: `plain`, or `json`, an object a line (`docs/monitoring.md`)")
    ] = "plain"
    profile_file: Annotated[
        Path | None,
        setting(
            "a TOML file with the centre's own targets (`docs/measures.md`), beside AMR, CIC, NENA and NFPA",
            example="/srv/vigie/targets.toml",
            reads="file",
        ),
    ] = None
    alarming: Annotated[frozenset[PressValue], setting("press values that alarm; others are logged", min_length=1)] = (
        ALARMING
    )
    feeds: Feeds = Feeds()
    cluster: ClusterSettings = ClusterSettings()
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
    audit: AuditRules = AuditRules()
    tests: DeviceTests = DeviceTests()
    evidence: EvidenceSettings = EvidenceSettings()
    training: Training = Training()


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
    return load_said(given, file=file, environ=environ, otherwise=otherwise)[0]


def load_said(
    given: Mapping[str, Any] | None = None,
    *,
    file: Path = FILE,
    environ: Mapping[str, str] = os.environ,
    otherwise: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Settings, dict[str, str]]:
    """The settings in force, as `load`, and for each that somebody chose where it was said. Raises SettingsError."""
    settings, said = gathered(Settings, given, file=file, environ=environ, otherwise=otherwise)
    return msgspec.structs.replace(settings, **dict(_followed(settings))), said


def _followed(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Where links lead: what lies beside a file (key, lock, private store) lies beside the file itself."""
    for name in ("log", "cases", "users"):
        if (path := getattr(settings, name)) is not None and path.is_symlink():
            yield name, Path(os.path.realpath(path))


def profiles(settings: Settings) -> dict[str, Profile]:
    """What response times are measured against: the known profiles, and as `own` the centre's. Raises SettingsError."""
    if settings.profile_file is None:
        return PROFILES
    try:
        own = own_profile(tomllib.loads(read_toml(settings.profile_file)))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"profile_file: {error}") from None
    return {**PROFILES, "own": own}


def users_file(settings: Settings) -> Path:
    """The accounts' file: as set, or beside the log."""
    return settings.users or settings.log.with_name("vigie.users")


def register_file(settings: Settings) -> Path:
    """The register of what was erased: as set, or beside the log."""
    return settings.erased_register or register_beside(settings.log)


def addresses_folder(settings: Settings) -> Path:
    """The folder of imported addresses: as set, or beside the log."""
    return settings.addresses_dir or settings.log.with_name("addresses")


def buttons_file(settings: Settings) -> Path:
    """The file of enrolled buttons for whoever works with them: as set, or beside the log."""
    return settings.buttons.store or settings.log.with_name("vigie.buttons")


def training_folder(settings: Settings) -> Path:
    """The training room's folder: as set, or beside the log."""
    return settings.training.folder or settings.log.with_name("training")
