"""The words of the page by which a trainee joins an exercise, and of what an exercise tells its trainees."""

from collections.abc import Callable


def join_words(_: Callable[[str], str]) -> dict[str, str]:
    """The page `/join`."""
    return {
        "title": _("Join an exercise · Vigie"),
        "exercise": _("EXERCISE"),
        "what": _("The training room of the mobile anti-stalking alarm: nothing here is real"),
        "join": _("Join an exercise"),
        "code": _("Code, as the trainer says it"),
        "name": _("Your name"),
        "as_account": _("You join as {name}, as you are signed in."),
        "progress": _("Your progress and debriefs"),
        "sign_in": _("Sign in first"),
        "sign_in_why": _("to find the debrief and your progress again afterwards."),
        "go": _("Join"),
        "back": _("Back to your exercise"),
        "note": _(
            "What you decide is kept for the debrief. You and your trainer see it, and it is deleted after its time."
        ),
        "wrong.code_unknown": _("No exercise has this code now. Ask the trainer."),
        "wrong.name_missing": _("Give a name."),
        "wrong.name_taken": _("Somebody takes part by this name already. Give another one."),
        "wrong.full": _("The exercise is full."),
        "wrong.busy": _("Too many try at once. Wait a little."),
        "why.over": _("The exercise is over. Your trainer has its debrief."),
        "why.gone": _("Your exercise is over, or the training room was started anew. Ask your trainer."),
        "why.out": _("You are no longer in the exercise."),
    }


def exercise_words(_: Callable[[str], str]) -> dict[str, str]:
    """What stands on an exercise's page alone."""
    return {
        "feed_exercise": _("AN EXERCISE, NOT TAKEN: check its address"),
        "on_exercise.waiting": _("WAITS FOR THE TRAINER"),
        "on_exercise.paused": _("PAUSED BY THE TRAINER"),
        "on_exercise.running": "",
        "on_exercise.ended": _("OVER"),
        "on_exercise.briefing": _("Briefing"),
        "on_exercise.hide": _("Hide"),
        "on_exercise.no_briefing": _("There is no briefing. Work as you do on a shift."),
        "on_exercise.notices": _("Messages"),
        "on_exercise.seen": _("Seen"),
        "on_exercise.seen_label": _("Seen: message of {sender}"),
        "on_exercise.line": _("ON THE LINE"),
        "on_exercise.sound_failed": _("The sound can't be played here. Ask the trainer what is heard."),
    }
