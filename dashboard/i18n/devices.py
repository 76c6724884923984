"""The words of devices: announced tests, what a device was used for, flapping, the list and the calendar of tests."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words by key."""
    return _rows(_) | _list(_) | _announce(_)


def _rows(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "test.announced": _("announced test by {who}, until {time}, {where}"),
        "test.announced_short": _("announced test by {who}, until {time}"),
        "history.pressed_announced": _("pressed ({what}) · announced test by {who}, until {to}"),
        "history.pressed_again_announced": _("pressed again ({what}) · announced test by {who}, until {to}"),
        "past": _("{tests}, {real} real, {last}"),
        "past.none": _("{last}, {real} real"),
        "past.tests": counted(_, "{n} test", "{n} tests"),
        "past.never": _("never tested"),
        "past.today": _("last test today"),
        "past.yesterday": _("last test yesterday"),
        "past.days": counted(_, "last test {n} day ago", "last test {n} days ago"),
        "flapping": counted(_, "flapping, {n} change", "flapping, {n} changes"),
        "device_past": _("Until now"),
        "to_call": _("To call"),
        "to_call_none": _("no number in the case"),
        "to_call_not_her": _("during an alarm never her own phone"),
        "flapping_long": _("It comes and goes. It is steady when nothing has changed for a minute."),
    }


def _list(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "to_devices": _("Devices and tests"),
        "devices.title": _("Devices: daily list and tests"),
        "devices.made": _("As it was at {time}"),
        "devices.rule": counted(_, "each is to be tested every {n} day", "each is to be tested every {n} days"),
        "devices.not_live": _("NOT LIVE: no answer since {time}. What stands here is as it was then."),
        "devices.n": counted(_, "{n} device", "{n} devices"),
        "devices.overdue_n": counted(_, "{n} test overdue", "{n} tests overdue"),
        "devices.counting": _("The log is still being read: tests are not counted yet."),
        "devices.file": _("File (CSV)"),
        "devices.file_names": _("File with names (CSV, recorded)"),
        "devices.with_names": _("Show names (recorded)"),
        "devices.without_names": _("Hide names"),
        "devices.device": _("Device"),
        "devices.case": _("Case"),
        "devices.victim": _("Victim"),
        "devices.battery": _("Battery"),
        "devices.last_press": _("Last press"),
        "devices.last_heard": _("Silent for"),
        "devices.tests": _("Tests"),
        "devices.real": _("Real"),
        "devices.last_test": _("Last test"),
        "devices.due": _("Next test"),
        "devices.technical": _("Technical alarms"),
        "devices.not_valid": _("not valid today"),
        "devices.silent_min": _("{n} min"),
        "devices.silent_h": _("{n} h"),
        "devices.silent_d": counted(_, "{n} day", "{n} days"),
        "devices.silent_never": _("never heard"),
        "devices.today": _("today"),
        "devices.days_ago": counted(_, "{n} day ago", "{n} days ago"),
        "devices.failed": _("FAILED"),
        "devices.overdue": _("OVERDUE"),
        "devices.none": _("No device is known."),
        "devices.seen_by": _("Seen by, date"),
    }


def _announce(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "announce.title": _("Announce a test"),
        "announce.hint": _(
            "The press alarms in full on every console and is marked with your name. Nobody closes it but an operator."
        ),
        "announce.device": _("Device"),
        "announce.minutes": _("For"),
        "announce.n_minutes": counted(_, "{n} minute", "{n} minutes"),
        "announce.where": _("Where you are with it"),
        "announce.where_hint": _("street, station, room"),
        "announce.needed": _("Name the device, and say where you are with it."),
        "announce.unknown": _("{device} was never heard of. If it is a new button, announce it once more."),
        "announce.done": _("Announced."),
        "announce.withdraw_label": _("Withdraw the announced test of {device}"),
        "do.announce_test": _("Announce"),
        "do.withdraw_test": _("Withdraw"),
    }
