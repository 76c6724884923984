"""Evidence files: who made one, of which incident."""

from typing import Literal

from incidents.events.disclosure import Disclosure

EvidenceForm = Literal["pdf", "json"]


class EvidenceMade(Disclosure, frozen=True, kw_only=True, tag="evidence_made"):
    """A person took an evidence file of an `incident` (its id), with the command or from a page. `sha256` is the file's.

    `json_sha256`: of the JSON, which a PDF carries attached. `with_key`: it, or its annex, discloses the incident's key.
    `annex_sha256`: of the sealed annex that was made with it, in which nothing is withheld; `reason`: why it was.
    """

    DISCLOSES = "evidence"
    STORY = True
    SAYS = "an evidence file was made"
    CHAPTER = "looks"
    incident: str
    form: EvidenceForm
    sha256: str
    json_sha256: str
    how: Literal["command", "page"]
    with_key: bool = False
    annex_sha256: str = ""
