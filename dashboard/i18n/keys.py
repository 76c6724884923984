"""What each key does, as the lists of keys say it."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The sentences by key."""
    return {
        "key_unowned": _("the alarm nobody has, or that asks again"),
        "key_move": _("previous, next alarm"),
        "key_belgium": _("all Belgium"),
        "key_follow": _("map follows it"),
        "key_layers": _("map layers"),
        "key_fly": _("fly to it"),
        "key_help": _("these keys"),
        "key_tab": _("through the page"),
        "key_marks": _("in a picture: along its marks"),
        "key_choose": _("choose what has the focus"),
        "key_record": _("on a time line: the record before, the next"),
        "key_minute": _("on a time line: a minute"),
        "key_ends": _("on a time line: its beginning, its end"),
        "key_out": _("out of a timeline; take the filters back"),
        "key_step": _("on a time line: some seconds"),
        "key_mark": _("on a time line: a minute, or the mark before and the next"),
        "key_undo": _("in the editor: take back"),
        "key_redo": _("in the editor: do it again"),
        "key_save": _("in the editor: save"),
        "key_remark": _("keep the remark that is being written"),
        "key_tool": _("put the map's tool down"),
        "key_devices": _("through the devices"),
        "key_device": _("look at that device"),
        "key_close": _("close this list"),
        "key_back": _("leave a form"),
        "key_send": _("send the form"),
        "key_copy_place": _("copy where she is"),
        "key_spell_place": _("spell where she is"),
        "key_next_order": _("the next order that waits"),
    }
