"""The words of sign-in on a page: who works here, limits, the locked page, the roles."""

from collections.abc import Callable

from reports.counted import counted


def standing(_: Callable[[str], str]) -> dict[str, str]:
    """By key."""
    waits = counted(
        _,
        "▲ {n} alarm waits that nobody has. Sign in and take it.",
        "▲ {n} alarms wait that nobody has. Sign in and take one.",
    )
    unowned = counted(_, "▲ {n} alarm waits that nobody has", "▲ {n} alarms wait that nobody has")
    return {
        "no_sign_in": _("NO SIGN-IN · anyone at this machine may act"),
        "break_glass": _("BREAK-GLASS ACCOUNT in use: {names}"),
        "signed_as": _("{name}. Change operator, or lock this page"),
        "change_operator": _("Change operator"),
        "locked": _("LOCKED"),
        "locked_bar": _("Sign in"),
        "locked_bar_label": _("Nobody is signed in here. Sign in"),
        "locked_why.idle": _("No hand was on this page for long, or it was locked."),
        "locked_why.expired": _("The sign-in is over."),
        "locked_why.ended": _("Nobody is signed in here."),
        "locked_why.out": _(
            "This account was disabled or removed, or has another password: nothing is shown here any more."
        ),
        "locked_why.unknown": _("Nobody is signed in here."),
        "locked_why.role": _("This page is not for your role. It needs: {roles}."),
        "dark_title": _("SIGNED OUT"),
        "one_waits": waits.form(1),
        "more_wait": waits.form(2),
        "one_nobody_has": unowned.form(1),
        "more_nobody_has": unowned.form(2),
        "nobody_has_lost": _("CONNECTION LOST: whether alarms wait is not known here"),
        "locked_live": _("Alarms, places, sound and clock stay live. Names and cases are hidden."),
        "locked_wish": _("After the sign-in: {wish}"),
        "locked_wish_look": _("After the sign-in {wish} stays yours to press: look first."),
        "locked_wish_drop": _("Leave it"),
        "locked_wish_dropped": _("{wish} is not done."),
        "change_title": _("Change operator"),
        "change_hint": _("The page stays as it is. The alarms of {name} stay theirs until they are handed over."),
        "again_title": _("Sign in again"),
        "again_hint": _("{name} goes on for another shift. Nothing on the page changes."),
        "user_name": _("User name"),
        "password": _("Password"),
        "code": _("Code, if you have one"),
        "sign_in": _("Sign in"),
        "sign_in_service": _("Sign in with the centre's service"),
        "sign_out": _("Sign out"),
        "lock_now": _("Lock"),
        "stay_back": _("Back"),
        "signing_in": _("Signing in ..."),
        "sign_in_refused": _("Not accepted. Check user name, password and code."),
        "sign_in_throttled": _("Too many attempts. Wait a moment, then try again."),
        "sign_in_failed": _("The server did not answer. Try again; alarms stay live."),
        "sign_in_needed": _("Sign in first: {wish} waits for it."),
        "warn_idle": _("Locks in {time}. Stay:"),
        "warn_idle_long": _("This page locks in {time} without a key or click. I: stay"),
        "warn_end": _("Ends in {time}. Go on:"),
        "warn_end_long": _("This sign-in ends in {time}; then the page is locked. I: sign in again in place"),
        "stayed": _("You stay signed in."),
        "key_stay": _("stay signed in; change operator"),
        "role.dispatcher": _("dispatcher"),
        "role.supervisor": _("supervisor"),
        "role.trainer": _("trainer"),
        "role.auditor": _("auditor"),
        "role.technician": _("technician"),
        "role.zone": _("zone"),
        "no_role_title": _("This page is not for your role"),
        "no_role_needs": _("This page needs one of these roles: {roles}."),
        "no_role_has": _("You are signed in as {name}, with: {roles}. An administrator can change that."),
    }
