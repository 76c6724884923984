"""A PDF signed with the centre's certificate (PAdES), and one sealed by a passphrase (AES-256), as any PDF reader takes them.

pyHanko does both; the certificate and its key are PEM files of the centre. docs/evidence.md says how a reader checks one.
"""

import io
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

FIELD: Final = "Vigie"


class SigningError(Exception):
    """A paper can't be signed: why, in a line that quotes no file's content."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """With what papers are signed. `certificate`: its chain may follow it in the file; `key`: its private key, not encrypted."""

    certificate: Path
    key: Path
    centre: str = ""

    def signed(self, pdf: bytes, at: datetime, passphrase: str = "") -> bytes:
        """The PDF, sealed by this passphrase or by none, with an invisible signature over all of it.

        Raises SigningError: a paper is never silently unsigned.
        It runs a loop of its own: not for a thread that has one.
        """
        # Loaded where it is used: a centre without a certificate pays nothing for it.
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko.sign.general import SigningError as Refused

        try:
            signer = SimpleSigner.load(str(self.key), str(self.certificate))  # type: ignore[no-untyped-call]
            if signer is None:
                raise SigningError("evidence.cert_file or evidence.key_file can't be read")
            about = PdfSignatureMetadata(
                field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=self.centre or None
            )
            writer, room = IncrementalPdfFileWriter(io.BytesIO(pdf)), None
            if passphrase:
                writer.encrypt(passphrase)  # type: ignore[no-untyped-call]
                # Hex digits: the certificates and more than all else; pyHanko's own guess leaves the seal's MAC out.
                room = 2 * (8192 + self.certificate.stat().st_size)
            out = sign_pdf(writer, about, signer=signer, bytes_reserved=room)
        except (OSError, ValueError, PdfError, Refused) as error:
            raise SigningError(f"the paper can't be signed: {type(error).__name__}") from None
        return bytes(out.getvalue())


def sealed(pdf: bytes, passphrase: str) -> bytes:
    """The PDF encrypted, attachments and all: nothing but the passphrase opens it."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer.encrypt(owner_pass=secrets.token_hex(32), user_pass=passphrase)  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
