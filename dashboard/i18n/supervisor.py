"""The words of the supervisor page: the live floor, and the frame of the rooms beside it."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words by key."""
    return {
        "supervisor": _("Supervisor"),
        "to_operator": _("Operator"),
        "to_supervisor": _("Supervisor"),
        "floor": _("On the floor now"),
        "floor.filters": _("Filters"),
        "floor.row": _("{label}, {state}, {owner}"),
        "floor.open": _("{label}, {state}, {owner}. Open its timeline"),
        "floor.actions": _("Actions for {label}"),
        "floor.work": _("Work on it"),
        "floor.work_label": _("Work on {label} on the operator page"),
        "floor.assign_to": _("Assign {label} to {who}: {facts}"),
        "floor.centres": _("Centres"),
        "floor.feed": _("Feed"),
        "floor.orders": _("Orders"),
        "floor.sound": _("Sound"),
        "floor.technical": _("Technical"),
        "floor.test": _("Shift test"),
        "floor.orders_late": _("NOT DELIVERED: {labels}"),
        "floor.heard": _("{n} of {of} seen and heard"),
        "floor.unnoted": _("{n} not noted"),
        "floor.technical_none": _("no technical alarm"),
        "floor.noted": _("all noted"),
        "floor.holds": counted(_, "{n} alarm", "{n} alarms"),
        "floor.holds_one": _("1 alarm"),
        "floor.holds_none": _("no alarm"),
        "floor.nameless": _("Sign in to see who is on shift."),
        "do.take_over": _("Take"),
        "do.assign": _("Assign"),
        "done.assign": _("{action} {label}: offered, until it is accepted it stays as it is"),
    }
