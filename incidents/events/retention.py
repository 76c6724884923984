"""How long things are kept: the times that the centre confirmed, what holds an incident, and that a night's work was done."""

from typing import Literal

from incidents.events.kinds import Event

# Why a person says that an incident must be kept.
HoldWhy = Literal["complaint", "police_report", "duress"]
Advice = Literal["data_protection_officer", "prosecutor", "both"]


class HoldSet(Event, frozen=True, kw_only=True, tag="hold_set"):
    """A person said why the incident must be kept; sealed are the `number` of the police report, and a `reason` in words."""

    BY = frozenset({"afterwards"})
    SAYS = "it is kept: a hold is set"
    SEALED = frozenset({"number", "reason"})
    why: HoldWhy
    number: str = ""
    reason: str = ""


class HoldLifted(Event, frozen=True, kw_only=True, tag="hold_lifted"):
    """A person lifted the `holds` that stood then (space-separated), by a magistrate's `reference`, which is sealed.

    `second`: the other person (a pseudonym) without whom an evidence file, the duress word or an arrest is not lifted.
    """

    BY = frozenset({"afterwards"})
    SAYS = "the holds on it are lifted"
    SEALED = frozenset({"reference"})
    holds: str
    second: str = ""
    reference: str = ""


class RetentionConfirmed(Event, frozen=True, kw_only=True, tag="retention_confirmed"):
    """A person confirmed for how many days each thing is kept (`times`, words NAME=DAYS), on whose `advice`.

    `shorter`: what is kept for less than before (words), and `second` the other person (a pseudonym) without whom that is
    refused. Sealed: the advice in words, its date or its reference (`said`).
    """

    SEALED = frozenset({"said"})
    times: str
    advice: Advice
    shorter: str = ""
    second: str = ""
    said: str = ""


class RetentionRun(Event, frozen=True, kw_only=True, tag="retention_run"):
    """What was over was erased: so many `incidents` and `months` of the record of who looked, withdrawn `cases`, old
    `versions` of cases, evidence `files` on this disk. `failed`: could not be, and is tried again.

    `proposed`: nothing was erased yet, because our clock went on by more than a week since the last run.
    """

    SAYS = "what was over was erased"
    incidents: int = 0
    months: int = 0
    cases: int = 0
    versions: int = 0
    files: int = 0
    streams: int = 0
    messages: int = 0
    failed: int = 0
    proposed: bool = False
