"""The words of what is heard: the sounds, their state, their test, and what calls from a hidden tab."""

from collections.abc import Callable

from reports.counted import counted


def sound(_: Callable[[str], str]) -> dict[str, str]:
    """Words by key. Those of notifications and titles are read on any screen: they name nobody and no place."""
    return {
        "sound_armed": _("SOUND ARMED"),
        "sound_blocked": _("SOUND BLOCKED"),
        "sound_blocked_long": _("SOUND BLOCKED: you will not hear an alarm."),
        "sound_arm": _("Start shift · arm sound"),
        "sound_open": _("{state}. Loudness and test"),
        "sound_panel": _("Sound at this desk"),
        "sound_hide": _("Hide the sound"),
        "sound_volume": _("Loudness, per cent"),
        "sound_volume_why": _(
            "The least can still be heard. An alarm that calls everybody sounds at full strength. "
            "To silence an alarm, acknowledge it."
        ),
        "sound.press": _("Somebody pressed"),
        "sound.escalation": _("An alarm does not go on"),
        "sound.technical": _("A device or a feed, once a minute"),
        "sound.lost": _("This screen has lost its server"),
        "sound_test": _("Test sounds"),
        "sound_test_plays": _("Playing: {name}"),
        "sound_test_asks": _("Did you hear all four?"),
        "sound_test_alarm": _("An alarm is sounding. Test the sounds after it."),
        "sound_test_blocked": _("Sound is blocked. Arm it first."),
        "sound_test_never": _("Not tested at this desk."),
        "sound_test_heard": _("Tested {time}: all four heard."),
        "sound_test_not_heard": _("Tested {time}: NOT ALL HEARD. Check the loudspeaker and the machine's own volume."),
        "sound_yes": _("Yes, all four"),
        "sound_no": _("No, not all"),
        "notify_allow": _("Allow notifications"),
        "notify_presses": counted(_, "A press is waiting", "{n} presses are waiting"),
        "notify_lost": _("Vigie has lost its server"),
        "title_hidden_n": _("({n}) ▲ Vigie"),
        "title_lost": _("▲ CONNECTION LOST · Vigie"),
        "key_sound": _("sound of this desk"),
        "key_sound_test": _("test the sound"),
    }
