"""What a person may ask of the desk: one small immutable type each, which says who may, when, and what comes of it.

`id` is made by the client: twice the same is one command. A command decides by its precondition (unowned; owned by me), never by
the version a page saw: pure, no clock, no log. A refusal says why, who has the alarm and since when, and whether saying it a
second time with a reason (`anyway`) will do.
"""
# ruff: noqa: F403, F405 -- the name of a command stands once, where it is defined

from typing import Any, Union

from incidents.commands.attention import *
from incidents.commands.device import *
from incidents.commands.drill import *
from incidents.commands.intervention import *
from incidents.commands.judgement import *
from incidents.commands.kinds import *
from incidents.commands.people import *
from incidents.commands.press import *
from incidents.events import tagged
from incidents.refusals import RefusalCode as RefusalCode
from incidents.refusals import Refused as Refused

COMMANDS = tagged(Command)
ANY: Any = Union[tuple(COMMANDS.values())]  # noqa: UP007 -- made from the table, for who decodes one
