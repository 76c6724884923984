"""The rooms beside the floor on the supervisor page, by the `do` of their messages: one line here, one in `rooms.js`.

`{"do": "review", ...}` of a page is handed to `ROOMS["review"]`; what it returns is sent as `{"review": {...}}`, None as
nothing. Only an open page is answered: not a locked one, nor one that was locked, or stood before another person, before the
answer came. A room does what is slow off the loop (`asyncio.to_thread`), says how far it is with `session.reply(review={...})`,
checks the role of `session.user` where it shows more than the page does, and keeps what it knows of a page in a
`WeakKeyDictionary` by session.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from dashboard.components.drills import panel as drills
from dashboard.components.timeline import desk as timeline
from dashboard.shell.ground import AnsweredPage
from dashboard.supervisor.review import desk as review

# (consoles, session, asked) -> what is answered
Room = Callable[[review.ReviewGround, AnsweredPage, dict[str, Any]], Awaitable[dict[str, Any] | None]]

ROOMS: dict[str, Room] = {"review": review.answer, "timeline": timeline.answer, "drills": drills.answer}
