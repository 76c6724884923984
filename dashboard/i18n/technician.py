"""The words of the bench page, and of the record it prints."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """All of them."""
    return _receiver(_) | _devices(_) | _ways(_) | _test(_) | _use(_) | _case(_) | _handout(_)


def _receiver(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "to_bench": _("Bench"),
        "bench.title": _("Bench"),
        "bench.devices": _("Devices"),
        "bench.device": _("The device"),
        "bench.keys": _("Tab and Shift+Tab go through the page, arrows through the devices; ? lists the keys."),
        "bench.locked": _("Devices and their cases are shown to whoever is signed in."),
        "bench.no_service": _(
            "No receiver is set up on this server: it hears no Bluetooth button. Presses that come by the alarm feeds are not "
            "concerned, and devices can be given to cases by their names. docs/buttons.md says how a receiver is set up."
        ),
        "bench.receiver.none": _("No receiver here"),
        "bench.by_name": _("Open a device by its name, at the left: whose it is can be seen and changed here."),
        "bench.choose": _("Choose a device: it is shown here live."),
        "bench.nothing": _(
            "No device is in use and none is heard yet. Press a button near the receiver: it appears by itself."
        ),
        "bench.receiver.starting": _("Receiver: starting"),
        "bench.receiver.scanning": _("Receiver: listening"),
        "bench.receiver.scanning.passive": _("Receiver: listening (passive)"),
        "bench.receiver.scanning.active": _("Receiver: listening (active)"),
        "bench.receiver.absent": _("Receiver: no Bluetooth adapter"),
        "bench.receiver.off": _("Receiver: switched off"),
        "bench.receiver.no_permission": _("Receiver: not permitted"),
        "bench.receiver.no_bus": _("Receiver: no D-Bus"),
        "bench.receiver.no_service": _("Receiver: no Bluetooth service"),
        "bench.receiver.failed": _("Receiver: failed"),
        "bench.help.absent": _(
            "NO ADAPTER: this server has no Bluetooth adapter, or it was unplugged. No button is heard. Plug one in: it is tried "
            "again by itself."
        ),
        "bench.help.off": _(
            "ADAPTER OFF: the Bluetooth adapter is switched off. No button is heard. Switch it on: it is tried again by itself."
        ),
        "bench.help.no_permission": _(
            "NOT PERMITTED: the system does not let Vigie use Bluetooth. No button is heard. docs/buttons.md says what "
            "to permit; it is tried again by itself."
        ),
        "bench.help.no_bus": _(
            "NO D-BUS: this system has no message bus, by which Bluetooth is reached. No button is heard. It is tried "
            "again by itself."
        ),
        "bench.help.no_service": _(
            "NO BLUETOOTH SERVICE: BlueZ does not run on this system. No button is heard. It is tried again by itself."
        ),
        "bench.help.failed": _("RECEIVER FAILED: {why}. No button is heard. It is tried again by itself."),
        "bench.store.locked": _("KEYS LOCKED: no encrypted button can be read. {why}"),
        "bench.store.failed": _("The file of the buttons in use can't be read or written: {why}"),
        "bench.store.missing": _(
            "No button is in use: the file of the buttons is not there. It is made with the first that is taken into use. If "
            "buttons were in use before, it was lost: take each into use again."
        ),
        "bench.store.none": _("No file for the buttons in use is set: devices are shown, none can be taken into use."),
        "bench.screens.ok": _("Operators' screens: {n} in sight, {heard} heard"),
        "bench.screens.wait": _("Operators' screens: {n} in sight, SILENT"),
        "bench.screens.bad": _("No operator's screen in sight"),
    }


def _devices(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "bench.used": _("In use"),
        "bench.heard": _("Heard, not in use"),
        "bench.used_none": _("No button is in use at this receiver."),
        "bench.heard_none": _("Nothing else is heard. Press a button near the receiver."),
        "bench.unreadable": _("Packets of devices not in use that could not be read: {n}"),
        "bench.another": _("A device not heard here"),
        "bench.open": _("Open"),
        "bench.refused": _("REFUSED: {why}"),
        "bench.lost": _("LINK LOST"),
        "bench.low": _("BATTERY LOW"),
        "bench.plain": _("unauthenticated"),
        "bench.not_yet": _("not heard with its key yet"),
        "bench.dbm": _("{n} dBm"),
        "bench.ms": _("{n} ms"),
        "bench.pct": _("{n} %"),
        "bench.battery_pct": _("battery {n} %"),
        "bench.never": _("not heard since the start"),
        "bench.ago": _("{age} ago"),
        "bench.unsaid": _("not said yet"),
        "bench.packets": _("{n}, repeated {again}"),
        "bench.times": _("{why} {n}"),
        "bench.refused_none": _("none"),
        "bench.fact.heard": _("Last heard"),
        "bench.fact.battery": _("Battery"),
        "bench.fact.packets": _("Packets"),
        "bench.fact.refused": _("Refused"),
        "bench.fact.security": _("Security"),
        "bench.fact.address": _("Address"),
        "bench.security.authenticated": _("encrypted, with its key"),
        "bench.security.not_yet": _("has a key; not heard with it yet"),
        "bench.security.plain": _("UNAUTHENTICATED: anybody could send the same"),
        "bench.security.encrypted": _("encrypted"),
        "bench.security.unknown": _("nothing readable came yet"),
        "bench.refusal.wrong_key": _("wrong key"),
        "bench.refusal.no_key": _("encrypted, but no key is known"),
        "bench.refusal.plaintext": _("not encrypted, though it has a key"),
        "bench.refusal.replayed": _("counter went back: replay or restart; take it into use again"),
        "bench.refusal.truncated": _("cut short"),
        "bench.refusal.version": _("not BTHome 2"),
        "bench.refusal.unreadable": _("not readable"),
        "bench.refusal.locked": _("its key can't be opened"),
        "bench.signal": _("Signal in dBm, last 3 minutes"),
        "bench.signal_words": _("Packets: {n} · {low} to {high}"),
        "bench.signal_none": _("Nothing was heard of it in the last 3 minutes. A button speaks when it is pressed."),
    }


def _ways(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "bench.ways": _("Press it: button → server → screen"),
        "bench.ways_none": _("No press since the server started. Press the button: each step shows here."),
        "bench.real": _(
            "A press is a REAL ALARM on every operator's screen, and sounds there. Tell the dispatch room before you press."
        ),
        "bench.alarm_raised": _(
            "ALARM OPEN on the operators' screens for {age}, nobody has it yet (presses: {n}). Tell the dispatch room "
            "that it was you."
        ),
        "bench.alarm_unseen": _(
            "ALARM OPEN for {age}, and NO operator's screen is in sight (presses: {n}). It waits, loud, for the first that comes."
        ),
        "bench.alarm_open": _(
            "ALARM OPEN on the operators' screens for {age}: {state} (presses: {n}). An operator closes it, as a test, with you "
            "as the witness."
        ),
        "bench.col.pressed": _("Pressed"),
        "bench.col.how": _("How"),
        "bench.col.strength": _("Signal"),
        "bench.col.feed": _("On the feed"),
        "bench.col.log": _("In the log"),
        "bench.col.screen": _("On a screen"),
        "bench.coming": _("coming ..."),
        "bench.held": _("NOT RECORDED yet"),
        "bench.unlogged": _("NOT RECORDED"),
        "bench.how_plain": _("{kind}, unauthenticated"),
        "bench.shown": _("{ms}, heard"),
        "bench.shown_late": _("late: {ms}"),
        "bench.shown_silent": _("{ms}, SILENT"),
        "bench.no_alarm": _("no alarm: logged only"),
        "bench.no_screen": _("NO SCREEN is there"),
        "bench.unshown": _("NOT SHOWN"),
    }


def _test(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "bench.test": _("Ten-press test"),
        "bench.test_what": _(
            "Before a device is handed out: ten presses, each followed to an operator's screen, and a record to sign."
        ),
        "bench.test_begin": _("Test it"),
        "bench.test_again": _("Test it again"),
        "bench.test_go": _("Begin: the room knows"),
        "bench.test_warning": _(
            "Ten presses are real alarms: they sound on every operator's screen (in sight now: {n}). Tell the room first. "
            "Nothing marks them as a test: announce it above, then they are marked."
        ),
        "bench.test_announced": _(
            "Ten presses are real alarms: they sound on every operator's screen (in sight now: {n}), marked as announced by you "
            "or a colleague."
        ),
        "bench.test_joins": _(
            "Ten presses are real alarms, on every operator's screen (in sight now: {n}). An alarm of it is open that was not "
            "announced: they join it, NOT marked. Have it closed first."
        ),
        "bench.announced": _("ANNOUNCED by {who} until {time}: {where}"),
        "bench.test_alone": _(
            "No operator's screen is in sight: the test can't show that an alarm is seen. Ten presses are real alarms "
            "all the same."
        ),
        "bench.test_running": _("{n} of {of} heard"),
        "bench.test_how": _(
            "Press the button ten times, two seconds apart, as its bearer would: a press that alarms among them."
        ),
        "bench.test_waiting": _("Waiting for what is still under way ..."),
        "bench.test_finish": _("I have pressed ten times"),
        "bench.test_drop": _("Stop without a result"),
        "bench.test_ok": _("IN ORDER"),
        "bench.test_failed": _("FAILED"),
        "bench.test_after": _("The alarm is open until an operator closes it as a test."),
        "bench.print": _("Record, case by number"),
        "bench.print_named": _("Record with the name"),
        "bench.print_free": _("Record"),
        "bench.why.unheard": _("presses heard: {n} of {of}"),
        "bench.why.refused": _("a packet of it was refused during the test"),
        "bench.why.unlogged": _("a press did not come into the log"),
        "bench.why.unshown": _("an operator's screen was there and did not show a press"),
        "bench.why.no_alarm": _("none of the presses was one that alarms"),
        "bench.why.low": _("its battery is low"),
        "bench.note.no_screen": _("no operator's screen was there: not shown that an alarm is seen"),
        "bench.note.silent": _("a press was shown on screens that could not be heard"),
        "bench.note.plain": _("unauthenticated: anybody could send the same"),
        "bench.note.weak": _("it was hardly heard: bring it nearer, or the receiver"),
        "bench.note.no_battery": _("it did not say how its battery is"),
        "bench.note.more": _("it was heard more often than {of}×"),
        "do.bench_begin": _("Test"),
        "do.bench_finish": _("Test"),
        "do.bench_drop": _("Stop the test of"),
        "done.bench_begin": _("{label}: the test began"),
        "done.bench_finish": _("{label}: judged in a moment"),
        "done.bench_drop": _("{label}: the test was stopped"),
        "refused.bench_test": _("A test is under way, or there is none."),
    }


def _use(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "bench.enrol": _("Take into use"),
        "bench.enrol_title": _("Its name and its key"),
        "bench.enrol_again": _("Another name, or a new key"),
        "bench.enrol_what": _("It is heard, and its presses go nowhere: take it into use."),
        "bench.in_use": _("In use at this receiver"),
        "bench.enrolled_by": _("Taken into use by {who}, {day}"),
        "bench.name": _("Name"),
        "bench.name_hint": _("As the alarm feed names devices: AMR-00412"),
        "bench.key": _("Key"),
        "bench.key_hint": _("32 hexadecimal digits from its box or its app. It is sealed, and never shown again."),
        "bench.key_or_plain": _("Type its key, or say that it has none."),
        "bench.plain_sure": _("It has no key: anybody near could send the same press"),
        "bench.instead": _("That name is another button's: put this one in its place"),
        "bench.change": _("Change its name or its key"),
        "bench.remove": _("Take out of use"),
        "bench.remove_what": _("This receiver hears it no more, and its key is deleted. Its case stays as it is."),
        "bench.remove_yes": _("Take it out of use"),
        "do.bench_enrol": _("Take into use"),
        "do.bench_remove": _("Take out of use"),
        "refused.bench_key": _("A key is 32 hexadecimal digits."),
        "refused.bench_name": _("A name is 1 to 64 printable characters, such as AMR-00412."),
        "refused.bench_enrol": _("The receiver says: {who}."),
    }


def _case(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "bench.case": _("Whose it is"),
        "bench.bound": _("Case {number} · {name}"),
        "bench.unbound": _("Nobody's: it belongs to no case. Its press alarms all the same."),
        "bench.unheard": _("Nobody's, and never heard of: look whether its name is right."),
        "bench.register.locked": _("CASES LOCKED: nothing can be bound or taken back now."),
        "bench.register.missing": _("The case register is not there: nothing can be bound now."),
        "bench.register.none": _("No case register is set up on this server."),
        "bench.bind_title": _("Give it to an existing case"),
        "bench.search": _("Search"),
        "bench.search_for": _("Case number, name or device"),
        "bench.search_hint": _(
            "A case shows as its number and its name, and can't be opened here. Each search is recorded."
        ),
        "bench.search_more": counted(_, "Type {n} letter at least.", "Type {n} letters at least."),
        "bench.found": _("Cases found"),
        "bench.found_n": _("Found: {n}. Choose whose it is."),
        "bench.found_none": _("No such case."),
        "bench.bind_to": _("{number} · {name}"),
        "bench.swap_title": _("Or in the place of another device"),
        "bench.swap_old": _("The device it replaces"),
        "bench.swap_for": _("Swap it for another device"),
        "bench.swap_new": _("The device that takes its place"),
        "bench.swap_new_hint": _("It gets this one's case; this one is taken back."),
        "bench.swap_hint": _("Its case becomes this one's; the old device is taken back."),
        "bench.swap": _("Swap"),
        "bench.unheard_bind": _("{device} was never heard of. Give it case {case} all the same?"),
        "bench.unheard_swap": _(
            "{device} was never heard of. Shall it get case {case}, and {old} be taken back and alarm without a case?"
        ),
        "bench.unheard_yes": _("It is {device}: do it"),
        "bench.take_back": _("Take it back"),
        "bench.take_back_what": _(
            "It will be nobody's: a press of it alarms without a case. The log keeps who took it back."
        ),
        "bench.take_back_yes": _("Take it back from the case"),
        "do.bench_bind": _("Give out"),
        "do.bench_swap": _("Swap"),
        "do.bench_take_back": _("Take back"),
        "refused.bench_case_unknown": _("No such case."),
        "refused.bench_bound": _("The device has a case: take it back first."),
        "refused.bench_not_bound": _("That device has no case."),
        "refused.bench_unheard": _("The device was never heard of."),
        "refused.bench_same": _("That is the same device."),
        "refused.bench_alarm_open": _("An alarm of that device is open: it can be taken back once it is closed."),
        "refused.bench_busy": _("Somebody else changed it just now. Look, then do it again."),
        "refused.bench_locked": _("The case register can't be read or written now."),
    }


def _handout(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "handout.title": _("Hand-out record of an alarm button"),
        "handout.print": _("Print"),
        "handout.print_how": _("Print it with the browser (Ctrl+P); it fits one sheet of A4."),
        "handout.with_name": _("with the name"),
        "handout.without_name": _("by the number only"),
        "handout.device": _("Device"),
        "handout.tail": _("Address ends in"),
        "handout.battery": _("Battery"),
        "handout.security": _("Transmission"),
        "handout.security.encrypted": _("encrypted, with its key"),
        "handout.security.plain": _("not authenticated"),
        "handout.case": _("Case"),
        "handout.no_case": _("not bound to a case yet"),
        "handout.tested": _("Tested"),
        "handout.from_to": _("{began} to {ended}"),
        "handout.by": _("Technician"),
        "handout.result": _("Result"),
        "handout.ok": _("IN ORDER: presses heard, {n} of {of}"),
        "handout.failed": _("FAILED: not to be handed out (presses heard: {n} of {of})"),
        "handout.n": _("No"),
        "handout.col.feed": _("Feed"),
        "handout.col.log": _("Log"),
        "handout.col.screen": _("Screen"),
        "handout.delays": _(
            "Delays are counted from the moment the receiver heard the press, by the server's own clock."
        ),
        "handout.logged_only": _("logged only"),
        "handout.none": _("none there"),
        "handout.missing": _("missing"),
        "handout.silent": _("silent"),
        "handout.given": _("Handed out by (name, signature)"),
        "handout.taken": _("Received by (name, signature)"),
        "handout.technician": _("Technician (signature)"),
        "handout.when": _("Date, time"),
        "handout.made": _("Record made {time}"),
    }
