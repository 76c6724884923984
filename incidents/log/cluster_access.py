"""As whom the servers of a cluster are spoken to, and by which certificates. The files are read anew for each connection."""

import ssl
from pathlib import Path

import msgspec

from incidents.log import LogUnavailable
from incidents.log.regular_files import read_regular, regular
from incidents.log.store import os_reason


class ClusterAccess(msgspec.Struct, frozen=True, kw_only=True):
    """A user, and the file with the password; without a user the file holds a token.

    `ca_file`: the authority of the servers' certificates, PEM, the system's where there is none. `cert_file` and `key_file`: our
    own certificate and its key, which may stand in one file. With any of the three it is TLS or nothing.
    """

    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    @property
    def by_tls(self) -> bool:
        """Whether the servers are spoken to by TLS only, however their addresses begin."""
        return bool(self.ca_file or self.cert_file)

    def credentials(self) -> dict[str, str]:
        """As `nats.connect` takes them. Raises `LogUnavailable` when the file can't be read, or holds nothing."""
        if self.password_file is None:
            return {}
        try:
            secret = read_regular(self.password_file).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            why = os_reason(error) if isinstance(error, OSError) else "it is no text"
            raise LogUnavailable(f"the cluster's password: {self.password_file}: {why}") from None
        if not secret:
            raise LogUnavailable(f"the cluster's password: {self.password_file}: it holds none")
        return {"user": self.user, "password": secret} if self.user else {"token": secret}

    def tls(self) -> ssl.SSLContext:
        """What a connection by TLS is made with. Raises `LogUnavailable` when a file can't be used."""
        try:
            context = ssl.create_default_context(cafile=regular(self.ca_file))
            if cert := regular(self.cert_file):
                context.load_cert_chain(cert, regular(self.key_file))
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise LogUnavailable("the cluster's ca_file, cert_file or key_file can't be used") from error
        return context


def refusal(error: Exception) -> str:
    """Why a server does not take the connection although it answers; "" for what passes by itself."""
    words = str(error).lower()
    if "authorization" in words or "authentication" in words:
        return "its cluster refuses the user and the password that are set"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of its cluster is not believed ({error.verify_message})"
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "its cluster does not begin with TLS: its servers need `handshake_first: true`"
    if isinstance(error, ssl.SSLError):
        return f"its cluster and this server come to no TLS ({error.reason})"
    return ""
