"""How the history tells the watch's records: a code for the sentence, and what fills it."""

from incidents import events as ev


def told_of(event: ev.Event | None) -> tuple[str, str] | None:
    """Code and filling of a record of the watch whose sentence depends on more than its type; None for every other."""
    match event:
        case ev.OutsideTold():
            return (
                "outside_none" if event.channel == "none" else "outside_told" if event.ok else "outside_failed",
                event.channel,
            )
        case ev.LimitPassed():
            return "limit_escalated" if event.escalated else f"limit_{event.limit}", ""
        case ev.Escalated(step="outside", after_s=0):
            return "escalated_excluded", ""
        case ev.Escalated():
            return f"escalated_{event.step}", ""
        case ev.OfferedToAll():
            return f"offered_{event.why}", ""
        case ev.StillOnIt() if event.how == "case":
            return "looked_again", ""
    return None
