"""Certificates are looked at for how long they hold, their key, their chain, and the names that browsers use."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from centre.checks.certificates import certificates
from centre.checks.finding import Finding, Subject
from centre.settings import Settings

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Made:
    """A certificate made up, signed by another or by itself, and its key."""

    def __init__(self, name: str, issuer: "Made | None" = None, *, days: int = 300, since: int = 1) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = [x509.DNSName(name), x509.DNSName("*.example"), x509.IPAddress(ip_address("192.0.2.1"))]
        made = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name((issuer or self).name)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(NOW - timedelta(days=since))
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign((issuer or self).key, hashes.SHA256())
        )
        self.pem = made.public_bytes(serialization.Encoding.PEM)
        self.secret = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@pytest.fixture(scope="module")
def authority() -> Made:
    return Made("Authority")


def found(folder: Path, pem: bytes, key: bytes, *origins: str) -> dict[str, str]:
    """What is found of the pages' certificate: the sentences by their state."""
    (cert := folder / "pages.pem").write_bytes(pem)
    (secret := folder / "pages.key").write_bytes(key)
    return _by_state(certificates(_subject(Settings(tls_cert=cert, tls_key=secret, origins=origins))))


def _subject(settings: Settings) -> Subject:
    return Subject(settings=settings, said={}, now=NOW)


def _by_state(findings: Iterator[Finding]) -> dict[str, str]:
    said: dict[str, str] = {}
    for one in findings:
        said[one.state] = said.get(one.state, "") + one.text + "\n"
    return said


def test_a_whole_chain_of_the_right_names_with_its_key_is_right(tmp_path: Path, authority: Made) -> None:
    own = Made("desk.vigie.test", authority)
    origins = ("desk.vigie.test:5006", "vigie.example", "192.0.2.1:443")
    assert found(tmp_path, own.pem + authority.pem, own.secret, *origins) == {"ok": "tls_cert: 300 days left\n"}


@pytest.mark.parametrize(
    ("days", "state", "says"), [(-1, "error", "ended on 2026-11-26"), (7, "warning", "ends in 7 days")]
)
def test_one_that_ended_or_ends_soon_is_said(tmp_path: Path, authority: Made, days: int, state: str, says: str) -> None:
    own = Made("desk.vigie.test", authority, days=days, since=90)
    assert says in found(tmp_path, own.pem + authority.pem, own.secret)[state]
    old = Made("Old authority", days=days, since=90)
    own = Made("desk.vigie.test", old)
    assert says in found(tmp_path, own.pem + old.pem, own.secret)[state]


def test_one_that_is_not_valid_yet_of_another_key_of_no_chain_or_of_another_name_is_said(
    tmp_path: Path, authority: Made
) -> None:
    early, other = Made("desk.vigie.test", authority, since=-2), Made("other.test")
    own = Made("desk.vigie.test", authority)
    assert "not valid before 2026-11-29" in found(tmp_path, early.pem + authority.pem, early.secret)["error"]
    assert "is the key of another certificate" in found(tmp_path, own.pem + authority.pem, other.secret)["error"]
    assert "no chain follows it" in found(tmp_path, own.pem, own.secret)["warning"]
    assert "not issued by the one after it" in found(tmp_path, own.pem + other.pem, own.secret)["error"]
    assert "it signs itself" in found(tmp_path, other.pem, other.secret)["warning"]
    for host in ("vigie.be", "example", "a.b.example", "192.0.2.2"):
        wrong = found(tmp_path, own.pem + authority.pem, own.secret, host)["error"]
        assert wrong == f"tls_cert: it is not valid for {host}, which is in origins\n"


def test_what_is_none_or_lacks_its_half_is_said(tmp_path: Path, authority: Made) -> None:
    assert "holds no certificate in PEM" in found(tmp_path, b"junk", b"junk")["error"]
    assert "holds no private key in PEM" in found(tmp_path, authority.pem, b"junk")["error"]
    half = msgspec.structs.replace(Settings(), tls_cert=tmp_path / "pages.pem")
    assert "it and its key go together" in _by_state(certificates(_subject(half)))["error"]
    evidence = msgspec.structs.replace(Settings().evidence, cert_file=tmp_path / "pages.pem")
    half = msgspec.structs.replace(Settings(), evidence=evidence)
    assert "evidence.cert_file: it and its key" in _by_state(certificates(_subject(half)))["error"]
    assert list(certificates(_subject(Settings()))) == []
