"""The words of the sign-in page."""

from collections.abc import Callable

from dashboard.i18n.standing import standing


def room_words(_: Callable[[str], str]) -> dict[str, str]:
    """The same for the training room, where no alarm is."""
    return sign_in_words(_) | {
        "title": _("Sign in · Training room · Vigie"),
        "what": _("The training room of the mobile anti-stalking alarm: nothing here is real"),
        "alarm_screen": _("Trainees need no account: they join an exercise by its code, at /join."),
        "locked_out": _("Nobody can sign in: there is no account that can be read."),
        "lost": _("CONNECTION LOST. The training room does not answer."),
        "go_on": _("Go on to the training room"),
        "close_window": _("Close this window: the page goes on."),
    }


def sign_in_words(_: Callable[[str], str]) -> dict[str, str]:
    """By key: those of a locked page that are the same, and the page's own."""
    shared = standing(_)
    return {name: shared[name] for name in ("user_name", "password", "code", "sign_in")} | {
        "title": _("Sign in · Vigie"),
        "what": _("The live desk of the mobile anti-stalking alarm"),
        "wrong": shared["sign_in_refused"],
        "busy": shared["sign_in_throttled"],
        "one_waits": shared["one_waits"],
        "more_wait": shared["more_wait"],
        "locked_out": _(
            "NOBODY CAN SIGN IN by an account of this server: there is none that can be read. Alarms that nobody has are counted "
            "and sounded here. On the server, put the accounts' file back from its backup, or move it away and run: "
            "python app.py users add NAME --role supervisor --break-glass. Then sign in here: nothing needs a restart."
        ),
        "lost": _("CONNECTION LOST. No alarm can be shown here. Work by telephone and radio."),
        "alarm_screen": _("Screens that are open already go on showing alarms."),
        "service": _("single sign-on"),
        "sign_in_with": _("Sign in with {service}"),
        "glass": _("Break-glass account"),
        "glass_note": _("For when the sign-in service can't be reached. Each use is told to the supervisors."),
        "oidc_down": _("The sign-in service ({service}) can't be reached. Try again, or use a break-glass account."),
        "oidc_failed": _("The sign-in with {service} did not succeed. Try again."),
        "oidc_no_role": _(
            "{service} knows you, but gives you no role in Vigie: you are not signed in. Ask your administrator."
        ),
        "oidc_name": _("Your name at {service} can't be used in Vigie: you are not signed in. Ask your administrator."),
        "signed_in": _("You are signed in."),
        "go_on": _("Go on to the alarms"),
        "close_window": _("Close this window: the page with the alarms goes on."),
        "room": _("To the training room"),
        "demo": _("Demo: every person is fictional. Choose an account."),
    }
