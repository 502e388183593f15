"""Whatever a file holds: no crash, nothing accepted that is not sound, every line accounted for."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from certificates import digesting, schemas
from certificates.models import Certificate, CertificateType
from certificates.stocking.files import columns, reading, rows
from certificates.stocking.files.columns import BadHeader
from certificates.stocking.files.reading import FileUnreadable
from certificates.stocking.files.rows import Layout
from tests.certificates.stocking.test_importing import HEADER, blocks_of, kind, take  # noqa: F401 -- a fixture
from tests.factories.certificates import ISSUER
from tests.factories.people import id_number

HEAD = ",".join([*HEADER, "fields.name", "fields.amount", "fields.people"]).encode()
_SHORT = [
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "{",
    "}",
    "'",
    "A1",
    "2020-01-01",
    "证",
    "=cmd|' /C calc'!A0",
]
_LONG = [b"9" * 5000, b"[" * 5000, b"x" * 70_000, b"\xff", b"\x81\x30", "证".encode("gb18030")]
PIECES = st.sampled_from([*(text.encode() for text in _SHORT), *_LONG]) | st.binary(max_size=20)
LOOSE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@LOOSE
@given(pieces=st.lists(PIECES, max_size=30), size=st.integers(1, 4000))
@example(pieces=[b'"', b"x" * 70_000, b"\n", b'"'], size=7)
def test_reading_accounts_for_every_byte_and_line(pieces: list[bytes], size: int) -> None:
    content = b"".join(pieces)
    for form in reading.Form:
        chunks = list(reading.chunks(blocks_of(content, size=size), form=form, position=0, line=0, rows=3))
        at = 0
        for chunk in chunks:
            assert chunk.start == at
            at = chunk.end
            assert all(
                len(record.content) <= reading.LONGEST + reading.MOST_LINES for record in chunk.records
            )
        assert at == len(content)
        assert (chunks[-1].line if chunks else 0) == len(content.removesuffix(b"\n").split(b"\n")) * bool(
            content
        )
        whole = [record for chunk in chunks for record in chunk.records]
        for chunk in chunks[:5]:  # going on from anywhere gives the same
            rest = list(
                reading.chunks(blocks_of(content), form=form, position=chunk.end, line=chunk.line, rows=3)
            )
            gone_on = [record for one in rest for record in one.records]
            assert gone_on == whole[len(whole) - len(gone_on) :]


@pytest.mark.django_db
@LOOSE
@given(pieces=st.lists(PIECES, max_size=25), json_lines=st.booleans())
def test_no_file_crashes_the_import(kind: CertificateType, pieces: list[bytes], json_lines: bool) -> None:  # noqa: F811
    good = f"{id_number()},李四,Z1,2020-01-01,,,,,李四,1,".encode()
    content = b"{}\n" if json_lines else HEAD + b"\n" + good + b"\n"
    try:
        batch = take(content + b"".join(pieces), kind)
    except (FileUnreadable, BadHeader):
        return
    finally:
        for made in Certificate.objects.order_by("pk"):
            assert digesting.is_whole(made)
            schemas.check(made.fields, specs=schemas.of_version(kind, 1))
    assert batch.accepted == Certificate.objects.filter(batch=batch).count()


@pytest.mark.django_db
@pytest.mark.parametrize("value", [[1], {"a": 1}, 5, True])
def test_a_term_of_another_kind_is_refused_by_its_line(kind: CertificateType, value: object) -> None:  # noqa: F811
    good = {"holder": id_number(), "holder_name": "李四", "number": "Z2", "issued_on": "2020-01-01"}
    lines = [json.dumps({**good, "fields": {"name": "x"}, name: value}) for name in columns.COLUMNS]
    batch = take("\n".join(lines).encode(), kind)
    assert batch.accepted + batch.rejected == len(columns.COLUMNS)
    assert batch.accepted == (value == 5)  # a version may be written as a number


_VALUES: list[object] = [
    None, True, 0, -1, 1.5, 10**40, "", " ", "长期", "2020-01-31", "2020-02-31", "=1+1", "\0", "x" * 200,
    [], {}, [None], ["长期"], [[]], [{}], [{"name": None}], [{"name": []}], [{"name": "x", "y": 1}], {"长期": 1},
    {"a": {}},
]  # fmt: skip
_DEEP = ['"\\ud800"', "1e400", "-1e400", "[" * 500 + "]" * 500, '{"a":' * 500 + "1" + "}" * 500, "9" * 4000]


@pytest.mark.django_db
def test_any_json_value_in_any_column_is_taken_or_refused_with_its_line(
    kind: CertificateType,  # noqa: F811
) -> None:
    texts = [*(json.dumps(value, ensure_ascii=False) for value in _VALUES), *_DEEP]
    specs = schemas.of_version(kind, 1)
    layout = Layout(
        kind, specs, ISSUER, "测试局", reading.Form.JSON_LINES, "utf-8", (), ",", date(2026, 11, 20)
    )
    good = {"holder": id_number(), "holder_name": "李四", "number": "Z1", "issued_on": "2020-01-01"}
    outcomes: dict[str, set[bool]] = {}
    unread: list[tuple[str, str]] = []  # a rule of its own says what is wrong
    for name in sorted(layout.known | {"fields", "unknown"}):
        for text in texts:
            rest = {key: value for key, value in good.items() if key != name}
            line = f"{json.dumps(rest, ensure_ascii=False)[:-1]}, {json.dumps(name)}: {text}}}"
            try:
                row = rows.read(reading.Record(7, line.encode()), layout=layout)
            except rows.Rejected as error:
                outcomes.setdefault(name, set()).add(False)
                unread += [(name, text)] * (str(error) == rows.UNREAD)
            else:
                json.loads(row.fields)
                outcomes.setdefault(name, set()).add(True)
    assert not unread
    assert all(False in seen for seen in outcomes.values()), outcomes
    for name in ("valid_until", "status_reason", "fields.name", "fields.people"):
        assert outcomes[name] == {False, True}


def test_what_no_rule_foresaw_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise TypeError("unhashable type: 'list'")

    monkeypatch.setattr(rows, "_values", fails)
    with pytest.raises(rows.Rejected, match="读不懂"):
        rows.read(reading.Record(7, b"{}"), layout=None)  # type: ignore[arg-type]  # nothing of it is read


@given(st.text(max_size=30))
@example("=1+1")
@example("'=1+1")
@example("''@x")
def test_what_a_spreadsheet_would_work_out_is_marked_and_comes_back(text: str) -> None:
    guarded = columns.guarded(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert columns.unguarded(guarded) == text


@given(st.lists(st.text(st.characters(exclude_characters="\r"), max_size=20), min_size=2, max_size=5))
def test_cells_come_back(given_cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(map(columns.guarded, given_cells))
    line = out.getvalue().removesuffix("\r\n")
    if "\x00" not in line:
        assert columns.cells(line, delimiter=",") == given_cells


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    blocks = lambda position: (b"x" * 1_000_000 for _ in range(position // 1_000_000, 20))  # noqa: E731 -- a file
    (chunk,) = reading.chunks(blocks, form=reading.Form.CSV, position=0, line=0)
    assert (chunk.end, chunk.records[0].content) == (20_000_000, b"")
    assert "超过" in chunk.records[0].fault
