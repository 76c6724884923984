"""What is kept of a person was taken, for the competent authority's answer to her."""

from typing import Literal

from incidents.events.disclosure import Disclosure


class SubjectExtracted(Disclosure, frozen=True, kw_only=True, tag="subject_extracted"):
    """A person took an extract of all that is kept `of` the victim or the suspect of a case. `sha256` is the file's.

    Sealed are the `case`'s number and the reason: who asked, and under which reference.
    """

    SAYS = "what is kept of a person was taken"
    SEALED = frozenset({"case", "reason"})
    DISCLOSES = "subject"
    COMMAND = True
    of: Literal["victim", "suspect"]
    form: Literal["json", "html"]
    sha256: str
    case: str = ""
