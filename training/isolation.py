"""What may pass from a centre's settings into the training room: `RoomSettings`, and nothing else.

The room knows no feed's and no dispatch's address and nobody's outside but the sign-in service's: what it was never told it can't
reach, whatever a trainer asks of it. docs/decisions/0015-the-wall-around-training.md says why it is made so.
"""

from pathlib import Path

import msgspec

from centre.settings import Settings, training_folder, users_file
from dashboard.access.settings import AccessTimes, OidcSettings
from dashboard.shell.preferences import Language
from incidents.escalation.ladder import WatchTimes


class RoomSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The training room's own. `log` and `cases` are the centre's, read only, to make recordings."""

    folder: Path
    log: Path
    users: Path
    cases: Path | None = None
    key_file: Path | None = None
    zones_dir: Path | None = None
    streets_file: Path | None = None
    port: int = 5007
    address: str = "127.0.0.1"
    origins: tuple[str, ...] = ()
    behind_proxy: bool = False
    centre: str = ""
    language: Language = "en"
    keep_days: int = 365
    watch: WatchTimes = WatchTimes()
    access: AccessTimes = AccessTimes()
    oidc: OidcSettings = OidcSettings()
    tls_cert: Path | None = None
    tls_key: Path | None = None


def room_settings(settings: Settings) -> RoomSettings:
    """The training room's part of a centre's settings."""
    training = settings.training
    return RoomSettings(
        folder=training_folder(settings),
        log=settings.log,
        users=users_file(settings),
        cases=settings.cases,
        key_file=settings.key_file,
        zones_dir=settings.zones_dir,
        streets_file=settings.streets_file,
        port=training.port,
        address=training.address,
        origins=training.origins,
        behind_proxy=settings.behind_proxy,
        centre=settings.centre,
        language=settings.language,
        keep_days=training.keep_days,
        watch=settings.watch,
        access=settings.access,
        oidc=settings.oidc,
        tls_cert=settings.tls_cert,
        tls_key=settings.tls_key,
    )
