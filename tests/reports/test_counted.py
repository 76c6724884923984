"""A sentence with a number in it takes the form that its language has for that number."""

from reports.catalogue import translator
from reports.counted import counted


def test_none_one_and_more_each_have_their_form_in_each_language() -> None:
    for translate in (str, translator("en")):
        said = counted(translate, "{n} alarm", "{n} alarms")
        assert [said.format(n=n) for n in (0, 1, 2, 1000)] == ["0 alarms", "1 alarm", "2 alarms", "1000 alarms"]
    many = ("{n} position: see the table of positions", "{n} positions: see the table of positions")
    french = counted(translator("fr"), *many)
    assert [french.format(n=n).split()[1] for n in (0, 1, 2)] == ["position", "position", "positions"]


def test_a_number_that_is_filled_in_later_keeps_its_forms() -> None:
    said = counted(str, "{who}: {n} alarm waits", "{who}: {n} alarms wait").format(who="EXERCISE", n="{n}")
    assert (said.format(n=1), said.format(n=3)) == ("EXERCISE: 1 alarm waits", "EXERCISE: 3 alarms wait")
