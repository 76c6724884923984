"""The file that the defence reads leads to no protected place; the sealed annex has it all; a certificate signs the file."""

import asyncio
import io
import json
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pypdf import PdfReader
from typer.testing import CliRunner

from app import app
from centre.documents.evidence import Basis, Paper, Source, seal_annex
from centre.settings import EvidenceSettings, Settings
from dashboard.components.whereabouts import Whereabouts
from incidents import commands as cmd
from incidents import events as ev
from incidents.cases import CaseRegister, import_cases
from incidents.log.sqlite import SqliteLog
from incidents.messages import Fix, FixReport
from incidents.withheld import WITHHELD
from maps.zones import Zones
from reports.catalogue import translator
from reports.evidence.gather import collect
from reports.evidence.schema import RECIPE, Made
from reports.signing import Signature, SigningError
from tests.centre.documents.evidence.parts import (
    NUMBER,
    SUE,
    decoded,
    does,
    made,
    pdf_text,
    register,
    report,
    squeezed,
    story,
    verify,
)
from tests.incidents.conftest import DEVICE, Floor, Open
from tests.people import dispatcher

REFUGE = {"name": "Huis De Linde, Lindestraat 7, 9000 Gent", "lat": 51.0611, "lon": 3.7411, "radius_m": 300}
TELLING = ("Linde", "Lindestraat", "51.061", "3.741", "51,061")
ORDER = {"fix": {"lat": 51.06112, "lon": 3.74108}, "case": {"places": [REFUGE]}}


def with_refuge(folder: Path) -> CaseRegister:
    """The story's case, and a later version of it with the place where she went since."""
    register(folder)
    (case,) = json.loads((folder / "cases.json").read_text())["cases"]
    (folder / "cases.json").write_text(json.dumps({"cases": [case | {"places": [REFUGE]}]}))
    assert not import_cases(folder / "cases.json", folder / "cases.db").problems
    return CaseRegister.open(folder / "cases.db", today=lambda: datetime(2026, 11, 24, tzinfo=UTC).date())


async def telling_story(floor: Floor) -> str:
    """The story, and beside it everything that may lead to the refuge."""
    name = await story(floor, note="she is at Huis De Linde")
    ann = dispatcher(floor.desk.pseudonym("Ann Fictief"))
    await does(floor, 5, ann, cmd.Reopen, name, reason="he is back in the Lindestraat")
    for n in range(3):
        await report(floor, 10, FixReport(device=DEVICE, fix=Fix(51.0611 + n / 10_000, 3.7411, 12.0)))
    await report(floor, 10, FixReport(device=DEVICE, fix=Fix(51.0711, 3.7611, 12.0)))
    order = ev.Ordered(order="o-9", update=1, zone="5415", why="new", body=json.dumps(ORDER))
    await floor.desk.note(f"incident/{name}", order, id="order-body-0001", actor="orders")
    seen = ev.UnitSeen(status="on_scene", unit="GT 12", fix=Fix(51.0610, 3.7410))
    await floor.desk.note(f"incident/{name}", seen, id="unit-there-0001", actor="feed")
    passed = ev.PlacePassed(protected=str(REFUGE["name"]), way="reached")
    await floor.desk.note(f"incident/{name}", passed, id="place-there-001", actor="feed")
    return name


def streams(pdf: bytes) -> str:
    """Its words, its attachment, and every stream of it unpacked."""
    reader, found = PdfReader(io.BytesIO(pdf)), [pdf.decode("latin-1"), pdf_text(pdf)]
    for content in reader.attachments["evidence.json"]:
        found.append(bytes(content).decode())
    for part in pdf.split(b"stream\n")[1:]:
        try:
            found.append(zlib.decompress(part.split(b"\nendstream")[0]).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found)


async def test_no_byte_of_the_file_leads_to_a_protected_place_and_all_of_it_is_counted(
    floor: Floor, tmp_path: Path
) -> None:
    name, cases = await telling_story(floor), with_refuge(tmp_path)
    as_json, pdf = await made(floor, tmp_path, name, "json", cases), await made(floor, tmp_path, name, "pdf", cases)
    for text in (as_json.decode(), streams(pdf), squeezed(pdf_text(pdf))):
        assert not [word for word in TELLING if word in text]
    file = decoded(as_json)
    assert file["withheld"] == {"places": 2, "positions": 4, "orders": 1, "texts": 3, "unknown": False}
    said = pdf_text(pdf)
    assert "2 places and 4 positions withheld, and what leads to them: 1 order, 3 texts." in said
    assert "4 positions withheld: within the radius of a protected place." in said
    assert "[withheld" in said and "reached" not in said.split("left or reached a place of hers")[1][:200]
    (passed,) = (one for one in file["entries"] if one["record"]["type"] == "place_passed")
    assert passed["opened"] == {"protected": WITHHELD, "way": ""} and passed["withheld"] == ["protected", "way"]
    assert "51.07110" in said and "51.05364" in said  # what leads to none stands
    assert file["cases"][0]["content"]["number"] == NUMBER and "places" not in file["cases"][0]["content"]
    # Nor does the key of the incident, with which anybody could open them.
    keyed = decoded(await made(floor, tmp_path, name, "json", cases, with_key=True))
    assert keyed["key"] == "" and "key" in {m["what"] for m in keyed["missing"]}


async def test_positions_that_may_stand_are_said_in_words_and_none_that_lead_to_a_place(
    floor: Floor, tmp_path: Path, zones: Zones
) -> None:
    name, cases = await telling_story(floor), with_refuge(tmp_path)
    addresses = Whereabouts(zones, None, translator("en"))
    paper = Paper(addresses=addresses)

    async def words() -> dict[str, str]:
        file = decoded(await made(floor, tmp_path, name, "json", cases, paper=paper))
        fixes = {p["version"]: f"{p['fix']['lat']}" for p in file["positions"] if p["of"] == "device"}
        assert set(fixes) == {one["version"] for one in file["nearest"]} and file["addresses"]
        return {fixes[one["version"]]: one["words"] for one in file["nearest"]}

    assert (await words())["51.05364"].startswith("near Botermarkt ")
    pdf = pdf_text(await made(floor, tmp_path, name, "pdf", cases, paper=paper))
    assert f"by the addresses of {addresses.called()}" in pdf and "the log has the coordinates alone" in pdf
    assert "near Botermarkt" in pdf and not [word for word in TELLING if word in pdf]
    # A place that lies elsewhere by its coordinates, and in that street by its name.
    (case,) = json.loads((tmp_path / "cases.json").read_text())["cases"]
    aunt = {"name": "aunt, Botermarkt 3, 9000 Gent", "lat": 51.2, "lon": 3.2}
    (tmp_path / "cases.json").write_text(json.dumps({"cases": [case | {"places": [REFUGE, aunt]}]}))
    assert not import_cases(tmp_path / "cases.json", tmp_path / "cases.db").problems
    cases = CaseRegister.open(tmp_path / "cases.db", today=lambda: datetime(2026, 11, 24, tzinfo=UTC).date())
    found = await words()
    assert found["51.05364"] == "[withheld]" and not [one for one in found.values() if "Botermarkt" in one]


async def test_where_the_case_cant_be_read_every_position_and_text_is_withheld(floor: Floor, tmp_path: Path) -> None:
    name = await telling_story(floor)
    with_refuge(tmp_path)
    (tmp_path / "cases.db.key").unlink()
    locked = CaseRegister.open(tmp_path / "cases.db")
    content = await made(floor, tmp_path, name, "json", locked)
    assert not [word for word in (*TELLING, "whispers", "51.05364") if word in content.decode()]
    file = decoded(content)
    assert file["positions"] == [] and file["withheld"]["unknown"] is True
    said = pdf_text(await made(floor, tmp_path, name, "pdf", locked))
    assert "nobody can say which places are protected" in said
    # Nor does any page claim to know why one of them leads there.
    assert "positions withheld: the case can't be read." in said and "[withheld: the case can't be read]" in said
    assert "within the radius" not in said and "[withheld: it leads" not in said


async def test_the_annex_opens_by_its_passphrase_alone_and_verifies_as_a_whole(floor: Floor, tmp_path: Path) -> None:
    name, cases = await telling_story(floor), with_refuge(tmp_path)
    found, by = await collect(floor.log, name), Made(at=floor.clock.now(), by="Sue Fictief", how="command")
    key = floor.log.vault.disclose(f"incident/{name}")
    name_of = floor.log.vault.name_of
    annex = seal_annex(
        Basis(
            found=found,
            made=by,
            unseal=floor.log.unseal,
            name_of=name_of,
            zone_name=lambda zone: "",
            cases=cases,
            key=key,
        )
    )
    assert not [word for word in (*TELLING, NUMBER, DEVICE) if word.encode() in annex.content]
    reader = PdfReader(io.BytesIO(annex.content))
    assert reader.is_encrypted and not reader.decrypt(annex.passphrase[:-1]) and reader.decrypt(annex.passphrase)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Sealed annex for the magistrate" in text and "Huis De Linde" in text and "51.06110" in text
    (whole,) = reader.attachments["evidence.json"]
    (tmp_path / "annex.json").write_bytes(whole)
    assert decoded(whole)["part"] == "annex" and decoded(whole)["positions"][-1]["fix"]["lat"] == 51.061
    said = verify(tmp_path, RECIPE.read_text(), tmp_path / "annex.json")
    assert "opened again and the same" in said.stdout, said.stderr


async def test_an_annex_asks_a_reason_and_who_and_why_are_in_the_log(open_floor: Open, tmp_path: Path) -> None:
    async with open_floor() as floor:
        name = await telling_story(floor)
    with_refuge(tmp_path)
    out, annex = tmp_path / "out.pdf", tmp_path / "annex.pdf"
    given = ("--log", tmp_path / "vigie.log", "--cases", tmp_path / "cases.db", "--by", "Sue Fictief", "-o", out)

    def said(*words: Any) -> Result:
        return CliRunner().invoke(app, ["evidence", name, *map(str, (*given, *words))])

    for wrong in ((), ("--annex", annex), ("--annex", annex, "--reason", "..."), ("--annex", out, "--reason", "asked")):
        assert said(*wrong).exit_code == 2 and not out.exists()
    done = await asyncio.to_thread(said, "--annex", annex, "--reason", "asked by the judge")
    assert done.exit_code == 0, done.output
    passphrase = done.stderr.partition("kept nowhere: ")[2].split("\n")[0]
    assert PdfReader(annex).decrypt(passphrase) and annex.stat().st_mode & 0o777 == 0o600
    log = await SqliteLog.open(tmp_path / "vigie.log", reading=True)
    (entered,) = [one for one in await log.stream(f"incident/{name}") if one.type == "evidence_made"]
    facts = json.loads(log.unseal(entered) or b"{}")
    assert facts == {"reason": "asked by the judge"} and log.vault.name_of(entered.actor) == "Sue Fictief"
    assert entered.open["annex_sha256"] in squeezed(pdf_text(out.read_bytes()))
    assert passphrase not in out.read_bytes().decode("latin-1")
    await log.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A centre's certificate and key, made up."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CIC Fictief")]),
    )
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "centre.pem", folder / "centre.key"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    return pem, secret


def openssl_verifies(folder: Path, pdf: bytes, pem: Path, passphrase: str = "") -> bool:
    """What OpenSSL says of the signature over the bytes that its range names."""
    reader = PdfReader(io.BytesIO(pdf), password=passphrase or None)
    field = next(
        one.get_object()
        for one in reader.trailer["/Root"]["/AcroForm"]["/Fields"]  # type: ignore[index]
    )["/V"]
    a, b, c, d = field["/ByteRange"]
    assert (a, c + d) == (0, len(pdf))
    (folder / "signed.bin").write_bytes(pdf[a : a + b] + pdf[c : c + d])
    (folder / "signature.der").write_bytes(bytes.fromhex(pdf[b + 1 : c - 1].decode()))  # never sealed
    command = "openssl cms -verify -binary -inform DER -in signature.der -content signed.bin -purpose any -noverify"
    command += f" -certfile {pem} -out verified.bin"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0


async def test_a_file_signed_with_the_centres_certificate_is_verified_by_openssl(
    open_floor: Open, tmp_path: Path
) -> None:
    async with open_floor() as floor:
        name, now = await story(floor), floor.clock.now()
    cases, (pem, key) = with_refuge(tmp_path), certificate(tmp_path)
    settings = Settings(evidence=EvidenceSettings(cert_file=pem, key_file=key))
    source = await Source.open(tmp_path / "vigie.log", None)
    about: dict[str, Any] = {"by": SUE, "now": now, "cases": cases, "zone_name": lambda zone: ""}
    try:
        pdf, _, _ = await source.make(name, "pdf", **about, paper=Paper.of(settings, Zones.load(), translator("en")))
        assert openssl_verifies(tmp_path, pdf, pem)
        changed = bytearray(pdf)
        changed[pdf.index(b"/Title") + 20] ^= 1
        assert not openssl_verifies(tmp_path, bytes(changed), pem)
        assert PdfReader(io.BytesIO(pdf)).attachments["evidence.json"]
        _, made, annex = await source.make(
            name,
            "pdf",
            **about,
            reason="asked",
            with_annex=True,
            paper=Paper.of(settings, Zones.load(), translator("en")),
        )
        assert annex is not None and openssl_verifies(tmp_path, annex.content, pem, annex.passphrase)
        assert made.annex_sha256 == annex.sha256  # as it was signed
        opened = PdfReader(io.BytesIO(annex.content))
        assert not opened.decrypt(annex.passphrase[:-1]) and opened.decrypt(annex.passphrase)
        (whole,) = opened.attachments["evidence.json"]
        assert decoded(whole)["part"] == "annex"
        changed = bytearray(annex.content)
        changed[len(changed) // 3] ^= 1
        assert not openssl_verifies(tmp_path, bytes(changed), pem, annex.passphrase)
        gone = Signature(certificate=tmp_path / "gone.pem", key=key)
        with pytest.raises(SigningError):  # never silently without
            await source.make(name, "pdf", **about, paper=Paper(signature=gone))
    finally:
        await source.log.close()
    with pytest.raises(SigningError, match="belong together"):
        Paper.of(Settings(evidence=EvidenceSettings(cert_file=pem)), Zones.load(), translator("en"))
