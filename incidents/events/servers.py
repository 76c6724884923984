"""What several servers of one log settle among them."""

from incidents.events.kinds import Event


class ServerClaimed(Event, frozen=True, kw_only=True, tag="server_claimed"):
    """One of several servers of the log took on what must happen once: the others leave it alone while it lives.

    `what`: in an incident's stream the update of its order that it delivers, ORDER-UPDATE; elsewhere the night's erasing.
    `server` is a random word of the process. A log that one server alone writes holds none. It is no part of what happened to an
    incident.
    """

    SAYS = "one of several servers delivers it"
    CHAPTER = "orders"
    STORY = False
    what: str
    server: str
