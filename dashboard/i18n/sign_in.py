"""The words of the sign-in page."""

from collections.abc import Callable

from dashboard.i18n.standing import standing


def sign_in_words(_: Callable[[str], str]) -> dict[str, str]:
    """By key: those of a locked page that are the same, and the page's own."""
    shared = standing(_)
    return {name: shared[name] for name in ("user_name", "password", "code", "sign_in")} | {
        "title": _("Sign in · Vigie"),
        "what": _("The live desk of the mobile anti-stalking alarm"),
        "wrong": shared["sign_in_refused"],
        "busy": shared["sign_in_throttled"],
        "alarm_screen": _("Screens that are open already go on showing alarms."),
        "demo": _("Demo: every person is fictional. Choose an account."),
    }
