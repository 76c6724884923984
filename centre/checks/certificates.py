"""Certificates: for how long, a pair with their key, a whole chain, and of the names that browsers use."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from centre.checks.finding import Finding, Subject
from centre.setting_files import why_unreadable
from centre.setting_sources import value_of
from centre.settings import Settings
from incidents.log.regular_files import read_regular

FEW_DAYS = 30
_BOTH = ("feeds", "cluster", "orders", "outside")  # whose certificate's file may hold the key too


def certificates(subject: Subject) -> Iterator[Finding]:
    """Of the pages, of our side of whom we speak to, and of evidence files."""
    for name, (cert, key, origins) in _own(subject.settings).items():
        if cert is None and key is None:
            continue
        if cert is None or (key is None and name.partition(".")[0] not in _BOTH):
            yield Finding("error", "certificates", f"{name}: it and its key go together", "set both")
        elif not why_unreadable(cert) and not (key and why_unreadable(key)):  # else `settings` says it
            yield from _pair(name, cert, key or cert, origins, subject.now)


def last_days(settings: Settings) -> dict[str, datetime]:
    """When each of the desk's own certificates that can be read ends, or one of its chain, by its setting."""
    ends = {}
    for name, (cert, _, _) in _own(settings).items():
        with contextlib.suppress(OSError, ValueError):
            if cert is not None:
                ends[name] = _last(x509.load_pem_x509_certificates(read_regular(cert)))
    return ends


def _own(now: Settings) -> dict[str, tuple[Path | None, Path | None, tuple[str, ...]]]:
    """Certificate, key, and the names it is to be valid for, by the certificate's setting."""
    return {
        "tls_cert": (now.tls_cert, now.tls_key, (*now.origins, *now.training.origins)),
        **{
            f"{name}.cert_file": (value_of(now, f"{name}.cert_file"), value_of(now, f"{name}.key_file"), ())
            for name in (*_BOTH, "evidence")
        },
    }


def _last(chain: list[x509.Certificate]) -> datetime:
    return min(one.not_valid_after_utc for one in chain)


def _pair(name: str, cert: Path, key: Path, origins: tuple[str, ...], now: datetime) -> Iterator[Finding]:
    try:
        chain = x509.load_pem_x509_certificates(read_regular(cert))
    except ValueError:
        yield Finding(
            "error",
            "certificates",
            f"{name}: {cert} holds no certificate in PEM",
            "write it as PEM, its chain after it",
        )
        return
    own, renew = chain[0], "renew it, and restart"
    try:
        secret = load_pem_private_key(read_regular(key), None)
        if _spelled(secret.public_key()) != _spelled(own.public_key()):
            yield Finding(
                "error", "certificates", f"{name}: {key} is the key of another certificate", "put its own key there"
            )
    except (ValueError, TypeError):
        yield Finding(
            "error", "certificates", f"{name}: {key} holds no private key in PEM without a password", "write it so"
        )
    last = _last(chain)
    days = (last - now).days
    if own.not_valid_before_utc > now:
        yield Finding(
            "error",
            "certificates",
            f"{name}: not valid before {own.not_valid_before_utc:%Y-%m-%d}",
            "look at the clock, or renew it",
        )
    if last < now:
        yield Finding("error", "certificates", f"{name}: it, or one of its chain, ended on {last:%Y-%m-%d}", renew)
    elif days < FEW_DAYS:
        yield Finding("warning", "certificates", f"{name}: it, or one of its chain, ends in {days} days", renew)
    else:
        yield Finding("ok", "certificates", f"{name}: {days} days left")
    if name == "evidence.cert_file":
        return
    if own.issuer == own.subject:
        yield Finding(
            "warning",
            "certificates",
            f"{name}: it signs itself: nobody else vouches for it",
            "one of the centre's authority",
        )
    elif len(chain) == 1:
        yield Finding(
            "warning",
            "certificates",
            f"{name}: no chain follows it in {cert}",
            "add the certificates between it and the authority",
        )
    for one, issuer in pairwise(chain):
        try:
            one.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            yield Finding(
                "error",
                "certificates",
                f"{name}: in {cert} a certificate is not issued by the one after it",
                "put the chain in order",
            )
    for host in sorted({urlsplit(f"//{origin}").hostname or "" for origin in origins}):
        if not _covers(own, host):
            yield Finding(
                "error",
                "certificates",
                f"{name}: it is not valid for {host}, which is in origins",
                "have it issued for that name",
            )


def _spelled(public: object) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined,no-any-return]


def _covers(cert: x509.Certificate, host: str) -> bool:
    """Whether one of its names (RFC 6125: a `*` stands for one whole label) or addresses is the host."""
    try:
        named = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    addresses = {str(address) for address in named.get_values_for_type(x509.IPAddress)}
    names = {name.lower() for name in named.get_values_for_type(x509.DNSName)}
    return host in addresses or host.lower() in names or f"*.{host.lower().partition('.')[2]}" in names
