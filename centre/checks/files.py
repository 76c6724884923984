"""Settings, cases, accounts, the map's files and the training room: what a desk needs to be of use to anybody."""

from collections.abc import Iterator
from difflib import get_close_matches
from gettext import ngettext

from centre.access import all_in_the_clear, in_the_clear, is_this_machine, to_make_an_account
from centre.changes import unknown_accounts
from centre.checks.finding import Finding, State, Subject
from centre.setting_files import samples, unreadable, why_unreadable
from centre.setting_sources import fields_of, value_of
from centre.settings import Settings, SettingsError, profiles, users_file
from centre.tiles import TileError, tiles_from
from incidents.log.regular_files import read_regular
from incidents.roles import may

SHORTEST = 12  # characters of a passphrase, as docs/degraded.md says


def settings(subject: Subject) -> Iterator[Finding]:
    """What is set and fits together."""
    now, lost = subject.settings, list(unreadable(subject.settings, subject.said))
    yield from (Finding("error", "settings", clear) for clear in all_in_the_clear(now))
    beyond = now.behind_proxy or not is_this_machine(now.address)
    if beyond and not now.origins:
        yield Finding(
            "warning", "settings", "origins: none is set: browsers of other machines are refused",
            "set origins to the name, or name:port, under which they reach it",
        )  # fmt: skip
    if not now.feed:
        yield Finding("warning", "settings", "feed: none is set: alarms can only be raised by hand", "set feed")
    for name, why in lost:
        yield Finding("error", "settings", why, f"put the file there, or mend {name}")
    for name, why in samples(now):
        yield Finding("error", "settings", why, f"change {name}, and what it opens")
    yield from keys_of_the_map(subject)
    if not lost:
        chosen = len(subject.said)
        yield Finding("ok", "settings", f"chosen: {chosen}; the others are the defaults (settings show)")


def keys_of_the_map(subject: Subject) -> Iterator[Finding]:
    """Zones and centres that are set are on the map."""
    zones = subject.zones
    if zones is None:
        yield Finding("error", "settings", subject.lost.get("zones", "the map can't be read"), "mend zones_dir")
        return
    on_map = {"zone": dict(zones.names), "centre": {zone.cic: "" for zone in zones.zones if zone.cic}}
    for field in fields_of(Settings):
        if (kind := field.facts.get("names")) is None:
            continue
        for key in value_of(subject.settings, field.name):
            if key not in (known := on_map[kind]):
                near = get_close_matches(key, known, 1) if kind == "zone" else sorted(known)
                todo = "; ".join(f"{one} ({known[one]})?" if known[one] else one for one in near)
                text = f"{field.name}: {key} is no {kind} of the map"
                yield Finding("warning", "settings", text, todo or "python app.py locate says those of a place")


def cases(subject: Subject) -> Iterator[Finding]:
    """The register opens, and holds somebody."""
    if subject.register is None:
        return
    state, reason, count = subject.register
    path = subject.settings.cases
    if state == "none":
        yield Finding(
            "warning", "cases", "cases: none is set: no alarm has a case", "set cases, and import them (docs/cases.md)"
        )
    elif state == "missing":
        yield Finding(
            "error", "cases", f"cases: {path}: there is no register", f"python app.py cases import FILE --cases {path}"
        )
    elif state == "locked":
        yield Finding("error", "cases", f"cases: {path}: {reason}", "restore it, or its key, from the backup")
    elif not count:
        yield Finding("warning", "cases", f"cases: {path}: no case is in it", "python app.py cases import FILE")
    else:
        yield Finding("ok", "cases", f"{path} opens with its key, {ngettext('1 case', f'{count} cases', count)}")


def accounts(subject: Subject) -> Iterator[Finding]:
    """Somebody can sign in who may take an alarm, also while a sign-in service is away."""
    now, path = subject.settings, users_file(subject.settings)
    if now.no_sign_in:
        yield Finding("warning", "accounts", "no_sign_in: anyone at this machine may act", "for trying it out only")
        return
    service = bool(now.oidc.issuer)
    make = to_make_an_account("supervisor", path)
    if subject.accounts is None:
        state: State = "warning" if service else "error"
        yield Finding(
            state, "accounts", f"users: {subject.lost.get('accounts', path)}", f"restore the file, or: {make}"
        )
        return
    local = [one for one in subject.accounts if not one.disabled and not one.subject]
    able = [one for one in local if may(one.roles, "acknowledge") and (not service or one.break_glass)]
    if not service and not able:
        yield Finding("error", "accounts", f"users: {path}: no account that can sign in may take an alarm", make)
    if service and not able:
        yield Finding(
            "warning", "accounts", "no break-glass account: nobody can sign in while the sign-in service is away",
            f"{make} --break-glass",
        )  # fmt: skip
    if lost := subject.lost.get("codes"):
        yield Finding(
            "error", "accounts", f"accounts with a code can't sign in: {lost}", "restore the key of the accounts"
        )
    if unknown := unknown_accounts(now, subject.now, asked=True):
        n = len(unknown)
        yield Finding(
            "warning", "accounts",
            f"the log does not know {ngettext('1 account', f'{n} accounts', n)} as they stand: they confirm nothing",
            "ask who made or restored them; another person gives each a password (docs/access.md)",
        )  # fmt: skip
    if able:
        yield Finding("ok", "accounts", f"{len(able)} of {len(subject.accounts)} may take an alarm")


def files(subject: Subject) -> Iterator[Finding]:
    """Streets, addresses, tiles, targets and the passphrase can be used as what they are."""
    from maps.addresses.addresses import Addresses
    from maps.streets.street_file import Streets

    now, used = subject.settings, []
    if now.streets_file is not None and not why_unreadable(now.streets_file):
        if problem := Streets(now.streets_file).problem:
            yield Finding("error", "files", f"streets_file: {problem}", "python app.py streets import")
        else:
            used.append("streets")
    if now.addresses_dir is not None:
        if why := why_unreadable(now.addresses_dir, "folder"):
            yield Finding(
                "warning", "files", f"addresses_dir: {why}: the shipped ones are used", "python app.py addresses import"
            )
        elif subject.zones is not None and not Addresses.of(now.addresses_dir, subject.zones).about.made:
            yield Finding(
                "warning",
                "files",
                f"addresses_dir: {now.addresses_dir}: none of this version are in it: the shipped ones are used",
                "python app.py addresses import",
            )
        else:
            used.append("addresses")
    if now.tiles_file is not None and not why_unreadable(now.tiles_file):
        try:
            tiles_from(now.tiles_file)
            used.append("tiles")
        except TileError as error:
            yield Finding(
                "error", "files", f"tiles_file: {error}", "there is no street map under the map until it is mended"
            )
    try:
        profiles(now)
    except SettingsError as error:
        yield Finding("error", "files", str(error), "docs/measures.md says how it is written")
    if (path := now.degraded.passphrase_file) is None:
        yield Finding(
            "warning", "files", "degraded.passphrase_file: none: there is no degraded-mode file", "docs/degraded.md"
        )
    elif not why_unreadable(path) and len(read_regular(path).decode(errors="replace").strip()) < SHORTEST:
        yield Finding(
            "error",
            "files",
            f"degraded.passphrase_file: {path}: shorter than {SHORTEST} characters",
            "write a longer one",
        )
    yield Finding("ok", "files", f"as what they are: {', '.join(used) or 'the shipped ones'}")


def training(subject: Subject) -> Iterator[Finding]:
    """The training room could be served beside the desk."""
    now, room = subject.settings, subject.settings.training
    if room.port and room.port == now.port and room.address == now.address:
        yield Finding("error", "training", f"training.port: {room.port} is the desk's port too", "give it another")
    if clear := in_the_clear(room.address, tls=now.tls_cert is not None, behind_proxy=now.behind_proxy):
        yield Finding("error", "training", f"training.{clear}")
    trainers = [one for one in subject.accounts or () if "trainer" in one.roles and not one.disabled]
    if not trainers and not now.oidc.issuer:
        make = to_make_an_account("trainer", users_file(now))
        yield Finding("warning", "training", "no account has the role trainer: `train` would not start", make)
    else:
        yield Finding("ok", "training", f"it would serve port {room.port} of {room.address}")
