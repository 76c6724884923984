"""As whom a centre speaks to another server, and the section `[outside]` of the settings."""

import logging
import ssl
from pathlib import Path
from typing import Annotated

import msgspec

from incidents.log.regular_files import regular
from incidents.settings import WEB, setting

_logger = logging.getLogger(__name__)


class Access(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bearer token, and for TLS a certificate authority and a certificate of our own."""

    token: Annotated[
        str, setting("bearer token that is sent, as `Authorization`", example="a-long-token", secret=True)
    ] = ""
    ca_file: Annotated[
        Path | None,
        setting(
            "the authority of the other side's certificate, PEM",
            default="the system's",
            example="/srv/vigie/authority.pem",
            reads="file",
        ),
    ] = None
    cert_file: Annotated[
        Path | None,
        setting(
            "our own certificate, PEM; orders and what the webhook gets are signed with it (`docs/orders.md`)",
            example="/srv/vigie/own.pem",
            reads="file",
        ),
    ] = None
    key_file: Annotated[Path | None, setting("its private key, PEM", example="/srv/vigie/own.key", reads="file")] = None

    def tls(self) -> ssl.SSLContext:
        """What the other side is connected to with. Raises OSError (ssl.SSLError is one), ValueError."""
        context = ssl.create_default_context(cafile=regular(self.ca_file))
        if cert := regular(self.cert_file):
            context.load_cert_chain(cert, regular(self.key_file))
        return context

    def tls_or_nobody(self, section: str) -> ssl.SSLContext:
        """The same; where the files can't be used it is said, and nobody is trusted."""
        try:
            return self.tls()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            _logger.error("%s.ca_file, cert_file, key_file: %s; nobody can be reached by TLS", section, why)
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class OutsideSettings(Access, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told: a command line (run without a shell) and the address of a webhook. Seconds for one try, and between two."""

    command: Annotated[
        str,
        setting(
            "who is told of an alarm that nobody answers: a command line (JSON on its input, nothing of a person in it)",
            example="/usr/local/bin/tell-the-officer --urgent",
            secret=True,
        ),
    ] = ""
    webhook: Annotated[
        str,
        setting(
            "the same as a POST to this address", example="https://messages.example/vigie", address=WEB, secret=True
        ),
    ] = ""
    timeout_s: Annotated[float, setting("seconds for one of three tries")] = 10
    again_s: Annotated[float, setting("seconds between two tries")] = 2

    @property
    def set(self) -> bool:
        """Whether anybody can be told."""
        return bool(self.command or self.webhook)
