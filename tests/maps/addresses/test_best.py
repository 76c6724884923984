"""The import of BeSt Address: both headers, boxes, statuses, missing places; the hostile is named and leaves the old index."""

import csv
import io
import os
import struct
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from maps.addresses import index_file
from maps.addresses.addresses import Addresses
from maps.addresses.best import BLOCK, Imported, import_best
from maps.addresses.index_file import FILE, AddressFileError, read_index, write_index
from maps.addresses.shipped import shipped_tables
from maps.zones import Zones

COLUMNS = (
    *("EPSG:31370_x", "EPSG:31370_y", "EPSG:4326_lat", "EPSG:4326_lon", "address_id", "box_number", "house_number"),
    *("municipality_id", "municipality_name_de", "municipality_name_fr", "municipality_name_nl", "postcode"),
    *(
        "postname_fr",
        "postname_nl",
        "street_id",
        "streetname_de",
        "streetname_fr",
        "streetname_nl",
        "region_code",
        "status",
    ),
)
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
Row = dict[str, str]


def row(number: str = "475", **facts: str) -> Row:
    known = {
        "EPSG:4326_lat": "50.83595", "EPSG:4326_lon": "4.31653", "address_id": "615867", "house_number": number,
        "municipality_id": "21001", "municipality_name_fr": "Anderlecht", "postcode": "1070", "street_id": "4568",
        "streetname_fr": "Chaussée de Mons", "streetname_nl": "Bergensesteenweg", "region_code": "BE-BRU",
        "status": "current",
    }  # fmt: skip
    return dict.fromkeys(COLUMNS, "") | known | {name.replace("lat", "EPSG:4326_lat").replace("lon", "EPSG:4326_lon")
                                                 if name in ("lat", "lon") else name: text
                                                 for name, text in facts.items()}  # fmt: skip


def written(rows: Sequence[Row], columns: Sequence[str] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def imported(folder: Path, content: bytes, *, name: str = "best.csv", partial: bool = False) -> Imported:
    (folder / name).write_bytes(content)
    return import_best([folder / name], folder / "index", now=NOW, partial=partial)


def opened(folder: Path) -> Addresses:
    return Addresses.open(folder / "index", Zones.load())


def test_an_imported_address_is_near_its_place_and_found_in_both_languages(tmp_path: Path) -> None:
    report = imported(tmp_path, written([row(), row("477", lat="50.83600", lon="4.31700")]))
    assert (report.rows, report.addresses, report.streets, report.bad) == (2, 2, 1, 0)
    addresses = opened(tmp_path)
    near = addresses.nearest(50.83596, 4.31655, 8.0)
    assert (near.kind, near.number, near.streets[0].local, near.municipality, near.source) == (
        "number", "475", ("Bergensesteenweg", "Chaussée de Mons"), "Anderlecht", "BeSt Address, Brussels",
    )  # fmt: skip
    for typed in ("bergensestwg 475 anderlecht", "chee de mons 475 1070"):
        first = addresses.search(typed)[0]
        assert (first.kind, first.number, first.lat, first.lon) == ("address", "475", 50.83595, 4.31653)
    # Postcodes that the file does not hold keep what is shipped.
    assert addresses.search("veldstraat 12 gent")[0].kind == "address"
    assert addresses.about.files[0].startswith("best.csv of 20") and addresses.about.imported == 2


@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_columns_are_read_by_name_in_either_projection_and_any_case(tmp_path: Path, case: type[str]) -> None:
    newer = [name.replace("31370", "3812") for name in COLUMNS][::-1]
    content = written([row()], newer).split(b"\n", 1)
    header = case(content[0].decode()).encode()
    assert imported(tmp_path, b"\xef\xbb\xbf" + header + b"\n" + content[1]).addresses == 1


def test_a_house_of_many_boxes_is_one_address_at_the_place_of_the_house(tmp_path: Path) -> None:
    boxes = [row(box_number=str(n), lat="50.83610") for n in range(30)]
    report = imported(tmp_path, written([*boxes, row(), *boxes, row()]))
    assert (report.addresses, report.repeated) == (1, 61)
    assert opened(tmp_path).search("chaussee de mons 475 anderlecht")[0].lat == 50.83595


def test_only_what_is_in_use_is_taken_and_what_has_no_place_leaves_its_street(tmp_path: Path) -> None:
    others = [row(str(n), status=status) for n, status in enumerate(("retired", "proposed", "rejected", "reserved"))]
    nowhere = row("9", streetname_fr="Rue Nulle Part", streetname_nl="", lat="0.00000", lon="0.00000")
    report = imported(tmp_path, written([row(), *others, nowhere, row("11", lat="", lon="")]))
    assert (report.addresses, report.not_in_use, report.unplaced, report.streets) == (1, 4, 2, 2)
    first = opened(tmp_path).search("rue nulle part 9 anderlecht")[0]
    assert (first.kind, first.asked, first.middle, first.zone) == ("street", "9", None, "5341")


def test_an_old_municipality_is_todays(tmp_path: Path) -> None:
    merged = row(municipality_id="11007", postcode="2150", streetname_fr="", lat="51.17770", lon="4.49650")
    imported(tmp_path, written([merged]))
    assert opened(tmp_path).tables.nis[0] == 11002


BAD = (
    (row(lat="4.31653", lon="50.83595"), "latitude and longitude are swapped"),
    (row(lat="48.85", lon="2.35"), "the position lies outside Belgium"),
    (row(lat="north"), "EPSG:4326_LAT is not a number"),
    (row(lat="1e999"), "EPSG:4326_LAT is not a number"),
    (row(lon="nan"), "EPSG:4326_LON is not a number"),
    (row(postcode="B-1070"), "the postcode is not four digits"),
    (row(number=""), "the house number is not of 1 to 12 letters"),
    (row(number="1" * 13), "the house number is not of 1 to 12 letters"),
    (row(streetname_fr="", streetname_nl=""), "the street has no name"),
    (row(streetname_nl="x" * 101), "a name has more than 100 letters"),
    (row(streetname_nl="a\x07b"), "a name holds a control character"),
    (row(streetname_nl="a\nb"), "a name holds a control character"),
)


def test_bad_rows_are_named_and_the_rest_is_loaded_when_that_is_asked_for(tmp_path: Path) -> None:
    content = written([row(), *(bad for bad, _ in BAD), row("477")])
    with pytest.raises(AddressFileError, match=r"best\.csv: row 3: .* are swapped; .*; and 7 more\..*--partial"):
        imported(tmp_path, content)
    assert not (tmp_path / "index").exists()
    report = imported(tmp_path, content, partial=True)
    assert (report.addresses, report.bad) == (2, len(BAD))
    assert report.problems == [f"best.csv: row {n}: {reason}" for n, (_, reason) in enumerate(BAD, start=3)]


def test_rows_of_another_width_empty_lines_nuls_and_another_encoding_are_named(tmp_path: Path) -> None:
    good = written([row(str(n)) for n in range(1, 8)]).splitlines()
    good[2] = b"1,2,3"
    good[4] = b""
    good[5] = good[5].replace("é".encode(), "é".encode("latin-1"))
    good[6] = good[6].replace(b"Mons", b"Mo\0ns")
    report = imported(tmp_path, b"\n".join(good) + b"\n", partial=True)
    assert report.problems == [
        "best.csv: row 3: 3 columns of 20",
        "best.csv: row 6: streetname_fr is not UTF-8",
        "best.csv: row 7: a name holds a control character",
    ]
    assert (report.addresses, report.bad, report.rows) == (3, 3, 5)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no header"),
        (b"\0" * 100_000, "no header"),
        (b"x" * 100_000, "no header"),
        ("header;à\n".encode("latin-1"), "not UTF-8"),
        (written([row()]).decode().encode("utf-16"), "not UTF-8"),
        (b"a,b,c\n1,2,3\n", "missing column epsg:4326_lat"),
        (written([row()], [name for name in COLUMNS if not name.startswith("streetname")]), "missing column streetname_nl or"),
        (written([row()], [*COLUMNS, "STATUS"]), "status is there twice"),
        (written([]), "no row in it"),
        (written([row(status="retired")]), "no address in use"),
        (written([row(lat="0", lon="0")]), "no address in use with coordinates"),
        (written([row()]) + b"x" * (2 * BLOCK + 1), "longer than 8 MB"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged zip"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_addresses_is_answered_and_leaves_the_old_index(
    tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / FILE).write_bytes(b"the old one")
    with pytest.raises(AddressFileError, match=why):
        imported(tmp_path, content, partial=True)
    assert (tmp_path / "index" / FILE).read_bytes() == b"the old one"
    assert [path.name for path in (tmp_path / "index").iterdir()] == [FILE]


def test_a_zip_is_read_and_a_hostile_one_is_answered(tmp_path: Path) -> None:
    content = written([row(str(n)) for n in range(1, 100)])
    with zipfile.ZipFile(tmp_path / "best.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("openaddress-bebru.csv", content)
        packed.writestr("readme.txt", "no address")
    assert import_best([tmp_path / "best.zip"], tmp_path / "index", now=NOW).addresses == 99
    packed_bytes = (tmp_path / "best.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.csv", b"0" * 50_000_000)
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as packed:
        packed.writestr("readme.txt", "no address")
    (tmp_path / "cut.zip").write_bytes(packed_bytes[: len(packed_bytes) // 2])
    spoilt = bytearray(packed_bytes)
    spoilt[200:260] = bytes(60)
    (tmp_path / "spoilt.zip").write_bytes(spoilt)
    lies = bytearray(packed_bytes)
    at = lies.index(b"PK\x01\x02") + 24
    lies[at : at + 4] = struct.pack("<I", 1_000)  # says that it is smaller unpacked than it is
    (tmp_path / "lies.zip").write_bytes(lies)
    for name, why in {
        "bomb": "far too large", "none": "no CSV file", "cut": "damaged zip", "spoilt": "damaged zip", "lies": "damaged zip",
    }.items():  # fmt: skip
        with pytest.raises(AddressFileError, match=why):
            import_best([tmp_path / f"{name}.zip"], tmp_path / "other", now=NOW, partial=True)
    with pytest.raises(AddressFileError, match=r"nothing\.csv: there is no such file"):
        import_best([tmp_path / "nothing.csv"], tmp_path / "other", now=NOW)
    assert not (tmp_path / "other").exists()


def test_who_has_the_old_index_open_goes_on_with_it_and_the_new_one_is_taken_when_whole(tmp_path: Path) -> None:
    zones = Zones.load()
    imported(tmp_path, written([row()]))
    old = Addresses.of(tmp_path / "index", zones)
    assert Addresses.of(tmp_path / "index", zones) is old
    imported(tmp_path, written([row("1", lat="50.83700"), row("2", lat="50.83800")]))
    new = Addresses.of(tmp_path / "index", zones)
    assert new is not old and new.about.imported == 2
    assert old.nearest(50.83595, 4.31653, 5.0).number == "475" and new.nearest(50.83700, 4.31653, 5.0).number == "1"


def test_an_import_that_is_interrupted_leaves_the_old_index(tmp_path: Path) -> None:
    imported(tmp_path, written([row()]))
    before = (tmp_path / "index" / FILE).read_bytes()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_best([tmp_path / "best.csv"], tmp_path / "index", now=NOW, progress=stop)
    assert (tmp_path / "index" / FILE).read_bytes() == before


def test_a_folder_that_cannot_be_written_is_answered(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file stands where the folder would be")
    with pytest.raises(AddressFileError, match="cannot be written"):
        imported(tmp_path, written([row()]))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "version"])
def test_a_damaged_index_is_named_and_the_shipped_addresses_stand_in(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    imported(tmp_path, written([row()]))
    path = tmp_path / "index" / FILE
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    elif damage == "version":
        content[16] = 99
    path.unlink()
    path.write_bytes({"cut": content[:-500], "empty": b"", "other": b"no index" * 100}.get(damage, content))
    with pytest.raises(AddressFileError, match=r"addresses\.arrow .*addresses import"):
        read_index(path)
    addresses = Addresses.of(tmp_path / "index", Zones.load())
    assert addresses.about.made == "" and len(addresses.tables.lat) > 300_000
    assert "ADDRESSES LOST" in caplog.text


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux lists what a process maps")
@pytest.mark.parametrize("room", [True, False])
def test_an_index_that_is_cut_short_while_it_is_used_goes_on_and_is_mapped_under_no_name(
    tmp_path: Path, room: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not room:  # a full disk, which the log may need: then it is kept in memory
        monkeypatch.setattr(index_file, "disk_usage", lambda folder: SimpleNamespace(free=0))
    path, shipped = write_index(tmp_path, shipped_tables()), shipped_tables()
    tables = read_index(path)
    mapped = [line for line in Path("/proc/self/maps").read_text().splitlines() if str(path.parent) in line]
    assert len(mapped) == room and all(line.endswith("(deleted)") for line in mapped), mapped
    assert list(path.parent.iterdir()) == [path]
    os.truncate(path, 0)
    assert tables.numbers.equals(shipped.numbers) and np.array_equal(tables.lat, shipped.lat)


def test_bytes_read_are_told_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "best.csv").write_bytes(content := written([row(str(n)) for n in range(2_000)]))
    told: list[tuple[int, int]] = []
    import_best([tmp_path / "best.csv"], tmp_path / "index", now=NOW, progress=lambda *at: told.append(at))
    done = np.array([at for at, _ in told])
    assert told[-1] == (len(content), len(content)) and (np.diff(done) >= 0).all() and len(told) > 2
