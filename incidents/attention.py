"""What people answer to the watch: still on it, I help, the supervisor confirms. The event of each."""

from incidents import commands as cmd
from incidents import events as ev

AnyAnswer = cmd.StillOnIt | cmd.Help | cmd.ConfirmEscalation


def answered(command: AnyAnswer) -> ev.Event:
    """The event of an answer."""
    match command:
        case cmd.StillOnIt():
            return ev.StillOnIt(how=command.how)
        case cmd.Help():
            return ev.Helping()
        case cmd.ConfirmEscalation():
            return ev.EscalationConfirmed()
