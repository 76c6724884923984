"""What a centre posts: JSON with its token, by TLS with its certificate, signed with its key (docs/orders.md)."""

import base64
import hashlib
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from tornado.httpclient import HTTPRequest

from feeds.settings import Access

SIGNATURE = "Vigie-Signature"
ALGORITHMS = ("RS256", "ES256", "ES384", "ES512", "EdDSA")
_CURVES = {256: "ES256", 384: "ES384", 521: "ES512"}
_PLAIN = {"Content-Type": "application/json"}

_logger = logging.getLogger(__name__)


class Poster:
    """Posts to those whom a section of the settings names. Files that can't be used are said, and nobody is reached by TLS."""

    def __init__(self, access: Access, section: str) -> None:
        self._headers = _PLAIN | ({"Authorization": f"Bearer {access.token}"} if access.token else {})
        self._tls: ssl.SSLContext | None = None  # the system's
        self._signer: tuple[Any, str, str] | None = None
        if access.ca_file or access.cert_file:
            self._tls = access.tls_or_nobody(section)
        try:
            self._signer = _signer(access)
        except (OSError, ValueError, TypeError) as error:
            _logger.error("%s.cert_file, key_file: %s; what is posted goes unsigned", section, type(error).__name__)

    def request(
        self, url: str, body: bytes, *, within_s: float, headers: Mapping[str, str] = {}, **more: Any
    ) -> HTTPRequest:
        """A POST of this body, to be answered within so many seconds; `more` goes to tornado."""
        signed = {SIGNATURE: self._signature(body)} if self._signer else {}
        return HTTPRequest(
            url,
            method="POST",
            headers={**self._headers, **signed, **headers},
            body=body,
            connect_timeout=within_s,
            request_timeout=within_s,
            follow_redirects=False,
            decompress_response=False,
            user_agent="Vigie",
            ssl_options=self._tls,
            **more,
        )

    def _signature(self, body: bytes) -> str:
        assert self._signer is not None
        key, algorithm, thumbprint = self._signer
        headers = {"typ": "JOSE", "crit": ["b64"], "x5t#S256": thumbprint}
        return jwt.api_jws.encode(body, key, algorithm, headers, is_payload_detached=True)


def is_signed(body: bytes, signature: str, certificate: x509.Certificate) -> bool:
    """Whether these bytes were signed with the key of this certificate."""
    key: Any = certificate.public_key()
    try:
        jwt.api_jws.decode(signature, key, list(ALGORITHMS), detached_payload=body)
    except (jwt.InvalidTokenError, jwt.InvalidKeyError, TypeError, ValueError):
        return False
    return True


def _signer(access: Access) -> tuple[Any, str, str] | None:
    """Key, algorithm, and which certificate it belongs to. Raises OSError, ValueError, TypeError."""
    if access.cert_file is None:
        return None
    certificate, *_ = x509.load_pem_x509_certificates(access.cert_file.read_bytes())
    key = load_pem_private_key((access.key_file or access.cert_file).read_bytes(), None)
    match key:
        case rsa.RSAPrivateKey():
            algorithm = "RS256"
        case ec.EllipticCurvePrivateKey() if key.key_size in _CURVES:
            algorithm = _CURVES[key.key_size]
        case ed25519.Ed25519PrivateKey():
            algorithm = "EdDSA"
        case _:
            raise ValueError("a key of another kind")
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return key, algorithm, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
