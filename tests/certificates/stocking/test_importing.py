"""A store that comes in by a file: what is sound stands there as issuing would have made it, the rest is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest

from accounts.models import Organisation, Person
from certificates import digesting
from certificates.models import Certificate, CertificateType, ImportBatch
from certificates.states import FileOrigin, ImportState
from certificates.stocking import importing, starting
from certificates.stocking.errors import FileChanged, OtherIssuer, UnknownIssuer
from certificates.stocking.files import columns, reading, shelving
from certificates.stocking.files.columns import BadHeader
from certificates.stocking.files.reading import Blocks, FileUnreadable
from records.models import JournalEntry
from tests.factories import certificates as making
from tests.factories.certificates import ISSUER, VALUES
from tests.factories.offices import OTHER, department
from tests.factories.people import id_number, person

pytestmark = pytest.mark.django_db
HEADER = [
    "holder",
    "holder_name",
    "number",
    "issued_on",
    "valid_until",
    "status",
    "status_reason",
    "status_at",
]


@pytest.fixture
def kind() -> CertificateType:
    department()
    return making.card_type(exclusive=False)


def blocks_of(content: bytes, *, size: int = 1000) -> Blocks:
    def blocks(position: int) -> Iterator[bytes]:
        for start in range(position, len(content), size):
            yield content[start : start + size]

    return blocks


def sheet(rows: Iterable[Iterable[str]], *, header: list[str], encoding: str = "utf-8") -> bytes:
    """Return a CSV; where no column says what a card says, each whole row gets a name on its card."""
    told = [list(row) for row in rows]
    if set(header) <= columns.COLUMNS.keys() | set(columns.COLUMNS.values()):
        told = [[*row, "李四"] if len(row) == len(header) else row for row in told]
        header = [*header, "fields.name"]
    text = io.StringIO()
    csv.writer(text).writerows([header, *told])
    return text.getvalue().encode(encoding)


def take(content: bytes, kind: CertificateType, *, issuer: str = ISSUER, **options: Any) -> ImportBatch:
    """Bring a file in, to its end."""
    blocks = blocks_of(content)
    told = reading.survey(blocks)
    batch = starting.begin(
        told, kind=kind, issuer_code=issuer, file_name="store.csv", origin=FileOrigin.COMMAND, actor="system"
    )
    importing.run(batch, blocks, told=told, **{"processes": 0, **options})
    batch.refresh_from_db()
    return batch


def refusals(batch: ImportBatch) -> list[tuple[int, str]]:
    return [(line, reason) for line, reason, _ in shelving.refused(batch.pk, until=batch.size)]


def test_a_row_becomes_the_certificate_issuing_would_have_made(kind: CertificateType) -> None:
    number = id_number()
    header = [*HEADER[:4], "fields.name", "卡号", "出生日期", "等级", "金额", "fields.people"]
    people = json.dumps([{"name": "小陈"}], ensure_ascii=False)
    row = [
        number,
        "陈桂英",
        "A001",
        "2020/1/5",
        "陈桂英",
        "620000123",
        "1940年3月15日",
        "甲",
        "12.50",
        people,
    ]
    batch = take(sheet([row], header=header), kind)
    assert (batch.state, batch.accepted, batch.known, batch.rejected) == (ImportState.DONE, 1, 0, 0)
    made = Certificate.objects.get()
    assert made.fields == {
        "name": "陈桂英",
        "card_number": "620000123",
        "born": "1940-03-15",
        "level": "a",
        "amount": "12.50",
        "people": [{"name": "小陈"}],
    }
    assert (made.issued_on, made.valid_from, made.valid_until) == (date(2020, 1, 5), date(2020, 1, 5), None)
    assert (made.number, made.version, made.status, made.issuer_name) == (
        "A001",
        1,
        "valid",
        "示例市龙湖区民政局",
    )
    assert digesting.is_whole(made)
    assert made.batch_id == batch.pk
    assert (made.signature, made.seal, made.signed_at, made.source) == ("", None, None, None)
    holder = Person.objects.get()
    assert (made.holder_person, holder.id_number) == (holder, number)
    assert made.identifier.startswith(f"1.2.156.3005.2.{kind.code}.{ISSUER}.A001.001.")


def test_the_same_file_and_the_same_rows_are_known(kind: CertificateType) -> None:
    rows = [[id_number(), "李四", f"B{n}", "2020-01-01"] for n in range(5)]
    content = sheet(rows, header=HEADER[:4])
    take(content, kind)
    again = take(content, kind)
    assert (again.accepted, again.known, again.rejected) == (0, 5, 0)
    other = take(sheet([*rows, [id_number(), "王五", "证7号", "2020-01-01"]], header=HEADER[:4]), kind)
    assert (other.accepted, other.known, other.rejected) == (1, 5, 0)
    assert Certificate.objects.count() == 6
    last = take(sheet([*rows[:4], [rows[4][0], "李四", "B4", "2020-01-02"]], header=HEADER[:4]), kind)
    assert (last.known, refusals(last)) == (
        4,
        [(6, "库里已有同一编号和版本的证照，内容不同：颁发日期、有效期起始日期")],
    )


def test_what_issuing_made_is_known_too(kind: CertificateType) -> None:
    holder = person(name="陈桂英")
    made = making.certificate(holder, number="测字1号")
    header = [*HEADER[:4], "identifier", *(f"fields.{name}" for name in VALUES)]
    row = [holder.id_number, "陈桂英", "测字1号", "2020-01-01"]
    assert take(sheet([[*row, made.identifier, *VALUES.values()]], header=header), kind).known == 1
    assert take(sheet([[*row, "", *VALUES.values()]], header=header), kind).known == 1
    other = take(sheet([[*row, "", *(VALUES | {"name": "李四"}).values()]], header=header), kind)
    assert refusals(other) == [(2, "库里已有同一编号和版本的证照，内容不同：姓名")]


GOOD = ["", "李四", "C1", "2020-01-01", "", "", "", ""]


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "440507194003150020", "校验位不符"),
        (0, "91440507MA00000000", "公民身份号码前 17 位应为数字"),
        (1, "", "没有填写“持证主体名称”"),
        (1, "陈" * 61, "超过 60 个字"),
        (2, "", "没有填写“证照编号”"),
        (2, "1\x000", "不能保存的字符"),
        (3, "2020-02-30", "日期应写作"),
        (3, "2999-01-01", "晚于今天"),
        (3, "0999-01-01", "年份不合理"),
        (4, "2019-12-31", "早于"),
        (5, "好的", "不是库里有的状态"),
        (5, "吊销", "要写明“状态原因”和“状态日期”"),
    ],
)
def test_an_unsound_row_is_refused_with_its_line_and_reason(
    kind: CertificateType, place: int, value: str, reason: str
) -> None:
    good, bad = [[id_number(), *GOOD[1:]] for _ in range(2)]
    good[2], bad[place] = "C2", value
    batch = take(sheet([bad, good], header=HEADER), kind)
    ((line, told),) = refusals(batch)
    assert line == 2
    assert reason in told
    assert (batch.accepted, batch.rejected) == (1, 1)
    assert Certificate.objects.get().number == "C2"


def test_a_number_that_is_somebodys_is_no_number(kind: CertificateType) -> None:
    batch = take(sheet([[id_number(), "李四", id_number(), "2020-01-01"]], header=HEADER[:4]), kind)
    assert refusals(batch) == [(2, "证照编号不能是公民身份号码")]


def test_refused_rows_lie_sealed(kind: CertificateType, settings: Any) -> None:
    number = id_number()
    batch = take(sheet([[number, "隐名氏", "", "2020-01-01"]], header=HEADER[:4]), kind)
    assert number in next(shelving.refused(batch.pk, until=batch.size))[2]
    files = [path for path in (settings.FILES_DIR / "stocking" / batch.pk.hex).iterdir() if path.is_file()]
    assert files
    for path in files:
        assert number.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_the_legal_endings_come_in_with_their_reason(kind: CertificateType) -> None:
    rows = [
        [id_number(), "李四", "D1", "2020-01-01", "", "吊销", "违法经营", "2021-05-01", "示罚〔2021〕1号"],
        [id_number(), "王五", "D2", "2020-01-01", "", "superseded", "", "", ""],
    ]
    take(sheet(rows, header=[*HEADER, "决定文号"]), kind)
    revoked, superseded = Certificate.objects.order_by("number")
    assert (revoked.status, revoked.status_reason) == ("revoked", "违法经营")
    assert revoked.status_changed_at is not None
    assert revoked.status_changed_at.isoformat().startswith("2021-04-30T16:00")
    assert superseded.status == "superseded"


def test_one_valid_certificate_a_holder() -> None:
    department()
    kind = making.card_type(exclusive=True)
    one, two, three, four = (id_number() for _ in range(4))
    rows = [
        [one, "甲", "E1", "2020-01-01", "", "", "", ""],
        [one, "甲", "E2", "2021-01-01", "", "", "", ""],  # refused: two valid ones
        [two, "乙", "E3", "2010-01-01", "2015-01-01", "", "", ""],  # expired: gives way
        [two, "乙", "E4", "2021-01-01", "", "", "", ""],
        [three, "丙", "E5", "2021-01-01", "", "", "", ""],
        [three, "丙", "E6", "2010-01-01", "2015-01-01", "", "", ""],  # expired: never stands in the way
        [four, "丁", "E7", "2021-01-01", "", "暂停使用", "", ""],
        [four, "丁", "E8", "2021-01-01", "", "", "", ""],  # refused: the other one is only suspended
    ]
    batch = take(sheet(rows, header=HEADER), kind)
    assert [line for line, _ in refusals(batch)] == [3, 9]
    states = dict(Certificate.objects.order_by("number").values_list("number", "status"))
    assert states == {
        "E1": "valid", "E3": "superseded", "E4": "valid", "E5": "valid", "E6": "superseded", "E7": "suspended",
    }  # fmt: skip
    later = take(sheet([[one, "甲", "E9", "2022-01-01", "", "", "", ""]], header=HEADER), kind)
    assert later.rejected == 1


def test_an_expired_certificate_of_the_store_gives_way() -> None:
    department()
    kind = making.card_type(exclusive=True)
    holder = person(name="陈桂英")
    old = making.certificate(holder, valid_until=date(2021, 1, 1))
    batch = take(sheet([[holder.id_number, "陈桂英", "F1", "2022-01-01"]], header=HEADER[:4]), kind)
    old.refresh_from_db()
    assert (batch.accepted, old.status) == (1, "superseded")
    entry = JournalEntry.objects.get(stream=f"import:{batch.pk}", act="certificates_superseded")
    assert entry.details == {**importing.told_of([str(old.pk)]), "issuer": ISSUER}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_codings(kind: CertificateType, encoding: str) -> None:
    rows = [[id_number(), "𬱖㛃䶮", f"G{n}", "2020-01-01", "中文"] for n in range(3)]
    take(sheet(rows, header=[*HEADER[:4], "姓名"], encoding=encoding), kind)
    assert {one.fields["name"] for one in Certificate.objects.order_by("pk")} == {"中文"}
    assert {one.name for one in Person.objects.order_by("pk")} == {"𬱖㛃䶮"}


def test_json_lines(kind: CertificateType) -> None:
    good = {"holder": id_number(), "holder_name": "李四", "number": "H1", "issued_on": "2020-01-01"}
    lines = [
        json.dumps({**good, "fields": {"name": "李四", "born": "1940-03-15"}}, ensure_ascii=False),
        json.dumps({**good, "number": "H2", "fields.name": "李四"}),
        json.dumps({**good, "number": "H3", "fields": {"nothing": 1}}),
        json.dumps({**good, "number": 4}),
        '{"holder": "1", "holder": "2"}',
        "[1]",
        "{broken",
        '{"holder": NaN}',
        json.dumps({**good, "number": "H5", "fields": {"name": "\ud800"}}),
        json.dumps({**good, "number": "H6", "fields": {"amount": 10**20}}),
        json.dumps({**good, "number": "H7", "fields": {"people": [{"name": "x", "more": 1.5}]}}),
    ]
    batch = take("\n".join(lines).encode(), kind)
    assert batch.accepted == 2
    assert [line for line, _ in refusals(batch)] == list(range(3, 12))
    assert all(digesting.is_whole(one) for one in Certificate.objects.order_by("pk"))


def test_killed_between_chunks_it_goes_on_where_it_stopped(
    kind: CertificateType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ROWS", 10)
    monkeypatch.setattr(reading.chunks, "__kwdefaults__", {"rows": 10})
    rows = [[id_number(), "李四", f"K{n}", "2020-01-01" if n % 7 else "?"] for n in range(95)]
    content = sheet(rows, header=HEADER[:4])

    class Killed(BaseException):
        """What kill -9 leaves behind: nothing is cleared up."""

    def tell(progress: importing.Progress) -> None:
        if progress.lines > 40:
            raise Killed

    with pytest.raises(Killed):
        take(content, kind, tell=tell)
    stopped = ImportBatch.objects.get()
    assert (stopped.state, stopped.line, Certificate.objects.count()) == (
        ImportState.RUNNING,
        41,
        stopped.accepted,
    )
    whole = take(content, kind)
    assert (whole.accepted, whole.known, whole.rejected) == (81, 0, 14)
    assert Certificate.objects.count() == 81
    assert [line for line, _ in refusals(whole)] == [n + 2 for n in range(0, 95, 7)]


def test_a_chunk_lost_after_its_refused_rows_were_written_is_taken_again(
    kind: CertificateType, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = sheet(
        [["?", "李四", "L1", "2020-01-01"], [id_number(), "李四", "L2", "2020-01-01"]], header=HEADER[:4]
    )
    enter = importing._enter
    monkeypatch.setattr(importing, "_enter", lambda *_, **__: (_ for _ in ()).throw(MemoryError))
    with pytest.raises(MemoryError):
        take(content, kind)
    assert not Certificate.objects.exists()
    monkeypatch.setattr(importing, "_enter", enter)
    batch = take(content, kind)
    assert (batch.accepted, len(refusals(batch))) == (1, 1)


def test_who_was_a_moment_earlier_is_seen(kind: CertificateType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk was prepared before somebody else entered one of its rows: it is prepared again, nothing is lost."""
    rows = [[id_number(), "李四", f"M{n}", "2020-01-01"] for n in range(3)]
    real = importing._Run.take
    holder = person(name="李四")

    def late(self: Any, chunk: Any, prepared: Any) -> None:
        making.certificate(holder, number="M1")
        real(self, chunk, prepared)

    monkeypatch.setattr(importing._Run, "take", late)
    batch = take(sheet(rows, header=HEADER[:4]), kind)
    assert (batch.accepted, batch.rejected) == (2, 1)


def test_the_journal_tells_a_file_not_its_rows(kind: CertificateType) -> None:
    rows = [[id_number(), "李四", f"N{n}", "2020-01-01"] for n in range(5)]
    batch = take(sheet(rows, header=HEADER[:4]), kind)
    entries = list(JournalEntry.objects.filter(stream=f"import:{batch.pk}").order_by("sequence"))
    acts = [entry.act for entry in entries]
    assert acts == ["certificates_import_begun", "people_entered", "certificates_imported"]
    assert entries[-1].details["accepted"] == 5
    assert entries[-1].details["rows"] == importing.digest_over(batch.pk)
    Certificate.objects.filter(number="N1").delete  # noqa: B018 -- a row is never removed; the digest says what came
    assert not JournalEntry.objects.filter(stream__startswith="certificate:").exists()


def test_organisations_come_in_with_their_code() -> None:
    department()
    kind = making.card_type(holder_kind="organisation")
    rows = [[ISSUER, "某机关", "O1", "2020-01-01"], ["11440507MB2X00012S", "另一家", "O2", "2020-01-01"]]
    batch = take(sheet(rows, header=HEADER[:4]), kind)
    assert (batch.accepted, batch.rejected) == (1, 1)
    assert Certificate.objects.get().holder_organisation == Organisation.objects.get()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileUnreadable),
        ("holder".encode("utf-16"), FileUnreadable),
        (b"\xff\xfe\x00\x00", FileUnreadable),
        (b"holder,number\n1,2\n", BadHeader),
        (b"holder,holder_name,number,issued_on,whatever\n", BadHeader),
        (b"holder,holder_name,number,number,issued_on\n", BadHeader),
        (b'"holder,\n', FileUnreadable),
    ],
)
def test_what_is_no_file_of_certificates(
    kind: CertificateType, content: bytes, fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        take(content, kind)
    assert not Certificate.objects.exists()
    assert all(one.state == ImportState.FAILED and one.fault for one in ImportBatch.objects.order_by("pk"))


def test_only_who_may_issue(kind: CertificateType) -> None:
    content = sheet([], header=HEADER[:4])
    told = reading.survey(blocks_of(content))
    given: dict[str, Any] = {"kind": kind, "file_name": "x", "origin": FileOrigin.COMMAND, "actor": "system"}
    with pytest.raises(UnknownIssuer):
        starting.begin(told, issuer_code=OTHER, **given)
    department(OTHER)
    with pytest.raises(UnknownIssuer):  # it names nobody: its definer's alone
        starting.begin(told, issuer_code=OTHER, **given)
    kind.issuers = [ISSUER, OTHER]
    starting.begin(told, issuer_code=ISSUER, **given)
    with pytest.raises(OtherIssuer):
        starting.begin(told, issuer_code=OTHER, **given)
    kind.issuers = [OTHER]
    with pytest.raises(UnknownIssuer):
        starting.begin(told, issuer_code=ISSUER, **given)


def test_another_file_is_not_gone_on_with(kind: CertificateType) -> None:
    content = sheet([[id_number(), "李四", "Q1", "2020-01-01"]], header=HEADER[:4])
    batch = take(content, kind)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.RUNNING)
    with pytest.raises(FileChanged):
        importing.run(ImportBatch.objects.get(), blocks_of(content + b"x"))
    stopped = ImportBatch.objects.get()
    assert (stopped.state, "变了" in stopped.fault) == (ImportState.FAILED, True)
