"""A sentence with a number in it, in the forms that its language has for it: "1 alarm", "2 alarms"."""

import gettext
from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

BETWEEN: Final = (
    "\x1f"  # what parts the forms on their way to a page; `fill` of `dashboard/shell/format.js` takes them apart
)


@runtime_checkable
class Counts(Protocol):
    """A translator that knows the plural forms of its language."""

    def ngettext(self, one: str, more: str, n: int, /) -> str: ...


class Counted(str):
    """The forms of a sentence for none, one and more, with `{n}` for the number; `format` takes the form that fits."""

    def format(self, *facts: object, **named: object) -> str:
        """The sentence for `n`; of a `{n}` that is to be filled later all forms."""
        n = str(named.get("n", ""))
        if n == "{n}":
            return Counted(BETWEEN.join(form.format(*facts, **named) for form in self.split(BETWEEN)))
        return self.form(n).format(*facts, **named)

    def form(self, n: int | str) -> str:
        """The sentence for `n`, its gaps still to be filled."""
        return self.split(BETWEEN)[int(n) if n in (0, 1, "0", "1") else 2]


def counted(_: Callable[[str], str], one: str, more: str) -> Counted:
    """A sentence whose number is `{n}`, in the translator's language; a bare function counts as English does."""
    ngettext = _.ngettext if isinstance(_, Counts) else gettext.NullTranslations().ngettext
    return Counted(BETWEEN.join(ngettext(one, more, n) for n in (0, 1, 2)))
