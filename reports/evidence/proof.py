"""The end of the evidence file: who signs it, the records' hashes, and how a stranger verifies them."""

from collections.abc import Callable

from reports.evidence.schema import RECIPE, Evidence
from reports.evidence.times import Times
from reports.evidence.words import Words
from reports.pdf import Document

JSON_NAME = "evidence.json"


def print_proof(
    document: Document, evidence: Evidence, words: Words, times: Times, sha256: str, translate: Callable[[str], str]
) -> None:
    """`sha256` is that of the attached JSON."""
    _signatures(document, evidence, words, translate)
    _records(document, evidence, times, translate)
    document.heading(translate("What it shows, and what it does not"))
    document.paragraph(words.note("limits"))
    document.heading(translate("How to verify this without Vigie"))
    document.paragraph(words.note("verify").format(file=JSON_NAME, sha256=sha256))
    document.code(RECIPE.read_text(encoding="utf-8"))


def _signatures(document: Document, evidence: Evidence, words: Words, _: Callable[[str], str]) -> None:
    document.heading(_("Signatures"))
    document.paragraph(words.note("signatures"), small=True)
    document.blanks(
        [_("made by"), _("checked by"), _("received by")],
        [_("name"), _("function"), _("place, date, time"), _("signature")],
        [[evidence.made.by], [], []],
    )


def _records(document: Document, evidence: Evidence, times: Times, _: Callable[[str], str]) -> None:
    document.heading(_("The records and their hashes"))
    rows = [
        [line.record.version, line.record.type, line.record.id, f"{line.record.hash[:32]}\n{line.record.hash[32:]}"]
        for line in evidence.entries
    ]
    document.table(["#", _("type"), _("id in the log"), _("hash (SHA-256)")], rows, widths=[9, 33, 74, 64])
    seal = evidence.checkpoint
    if seal is not None:
        text = _("Checkpoint {version} of {at}, hash {hash}, seals the last of them together with the whole log.")
        document.paragraph(text.format(version=seal.version, at=times.full(seal.at), hash=seal.hash))
