"""What the command says where something can't be recorded; the pages have their own catalogues."""

from incidents.exercises.room import TrainingError

_SAYS = {
    "unknown": "the log has no such incident, or not one whose id begins so (give at least 6 characters)",
    "not_closed": "only closed incidents are recorded",
    "erased": "an erased incident can't be recorded",
    "expired": "its time is over: training.keep_days after an incident was closed nothing is made of it",
    "too_many": "too many incidents for one recording",
    "far_apart": "the incidents lie too far apart, record each by itself; days in one recording at most",
    "log": "the log, or its key, can't be read",
    "cases": "the cases can't be opened",
    "auditor_only": "unmasked is for an auditor: --by names an account with that role",
    "reason_missing": "--reason is needed, in words, for an unmasked recording",
    "reviewed_invalid": "--reviewed is no JSON object of texts",
    "reviewed_names": "title or approved words name somebody, something, a time or number of the original; nothing was written",
    "no_place": "the track is all over the country: there is no other place for it; use --mask strong",
    "masking_failed": "the masked recording still held a name of the original; nothing was written",
}


def says(error: TrainingError) -> str:
    """An error in a line, without personal data."""
    said = _SAYS.get(error.code, error.code)
    return f"{said} ({error.detail})" if error.detail else said
