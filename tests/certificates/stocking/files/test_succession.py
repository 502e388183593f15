"""Versions of one number that come by files: only the newest is valid, and no file undoes an ending."""

from __future__ import annotations

from itertools import permutations

import pytest

from certificates.issuance import lifecycle
from certificates.models import Certificate, CertificateType, ImportBatch
from certificates.states import ENDED, IN_HAND, CertificateStatus
from certificates.stocking.files import reading
from tests.certificates.stocking.test_importing import HEADER, kind, refusals, sheet, take  # noqa: F401 -- a fixture
from tests.factories import certificates as making
from tests.factories.people import id_number

pytestmark = pytest.mark.django_db
COLUMNS = [*HEADER, "version", "status_document"]
HOLDER = id_number()
VALID, SUSPENDED, SUPERSEDED = "valid", "suspended", "superseded"


def line(number: str, version: int, status: str, *, document: str = "龙撤〔2021〕1号") -> list[str]:
    ended = status in ENDED
    why = ["违法经营", "2021-05-01"] if ended else ["", ""]
    return [HOLDER, "李四", number, "2020-01-01", "", status, *why, str(version), document if ended else ""]


def statuses() -> dict[int, str]:
    return dict(Certificate.objects.filter(number="N1").values_list("version", "status"))


@pytest.mark.parametrize("order", [*permutations([1, 2, 3])])
def test_of_versions_that_are_all_valid_the_newest_so_far_stands(
    kind: CertificateType,  # noqa: F811
    order: tuple[int, ...],
) -> None:
    """Each row is held against those before it: what is newer takes their place, what is older does not come in."""
    batch = take(sheet([line("N1", version, VALID) for version in order], header=COLUMNS), kind)
    newest = [one for at, one in enumerate(order) if one == max(order[: at + 1])]
    assert (batch.accepted, batch.rejected, batch.superseded) == (len(newest), 3 - len(newest), 0)
    assert statuses() == {one: VALID if one == 3 else SUPERSEDED for one in newest}
    chain = dict(Certificate.objects.values_list("version", "previous__version"))
    assert chain == dict(zip(newest, [None, *newest], strict=False))


@pytest.mark.parametrize("order", [*permutations([(1, SUPERSEDED), (2, SUPERSEDED), (3, VALID)])])
def test_a_whole_line_comes_in_in_any_order(
    kind: CertificateType,  # noqa: F811
    order: tuple[tuple[int, str], ...],
) -> None:
    batch = take(sheet([line("N1", *one) for one in order], header=COLUMNS), kind)
    assert batch.rejected == 0
    assert statuses() == {1: SUPERSEDED, 2: SUPERSEDED, 3: VALID}


@pytest.mark.parametrize("ended", sorted(ENDED))
@pytest.mark.parametrize("back", sorted(IN_HAND))
@pytest.mark.parametrize("version", [2, 7])
def test_what_was_ended_does_not_come_back(
    kind: CertificateType,  # noqa: F811
    ended: str,
    back: str,
    version: int,
) -> None:
    take(sheet([line("N1", 1, VALID)], header=COLUMNS), kind)
    lifecycle.change_status(
        Certificate.objects.get(), CertificateStatus(ended), reason="违法", actor="system"
    )
    batch = take(sheet([line("N1", version, back)], header=COLUMNS), kind)
    assert (batch.accepted, batch.rejected) == (0, 1)
    assert "不能再作为有效的证照入库" in refusals(batch)[0][1]
    assert statuses() == {1: ended}
    assert take(sheet([line("N2", version, back)], header=COLUMNS), kind).accepted == 1  # another number may


def test_in_one_file_too(kind: CertificateType) -> None:  # noqa: F811
    rows = [line("N1", 1, "revoked"), line("N1", 2, VALID), line("N2", 2, VALID), line("N2", 1, "revoked")]
    batch = take(sheet(rows, header=COLUMNS), kind)
    assert [at for at, _ in refusals(batch)] == [3, 5]


@pytest.mark.parametrize("document", ["", "龙市监罚〔2021〕12号"])
def test_an_ended_row_names_its_decision(kind: CertificateType, document: str) -> None:  # noqa: F811
    batch = take(sheet([line("N1", 1, "revoked", document=document)], header=COLUMNS), kind)
    if document:
        made = Certificate.objects.get()
        assert (made.status, made.ended_by) == ("revoked", f"document:{document}")
    else:
        assert "决定文号" in refusals(batch)[0][1]


def test_versions_in_chunks_that_are_prepared_together(
    kind: CertificateType,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What one process prepared without knowing the other's rows is prepared again."""
    monkeypatch.setattr(reading.chunks, "__kwdefaults__", {"rows": 1})
    monkeypatch.setattr("certificates.stocking.importing.Pool", _Ahead)
    rows = [line("N1", 2, VALID), line("N1", 1, VALID), line("N2", 1, VALID), line("N2", 2, VALID)]
    batch = take(sheet(rows, header=COLUMNS), kind)
    assert [at for at, _ in refusals(batch)] == [3]
    assert ImportBatch.objects.get().accepted == 3
    behind = Certificate.objects.get(number="N2", version=2).previous
    assert behind is not None
    assert (behind.version, behind.status) == (1, SUPERSEDED)


class _Ahead:
    """A pool that prepares everything before anything is written."""

    def __init__(self, work: object, *, processes: int) -> None:
        self.work = work

    def ordered(self, pieces: object) -> object:
        return iter([(piece, self.work(piece)) for piece in pieces])  # type: ignore[operator, attr-defined]


def test_an_expired_one_still_gives_way() -> None:
    exclusive = making.card_type(exclusive=True)
    old = [HOLDER, "李四", "N1", "2010-01-01", "2019-12-31", VALID, "", "", "1", ""]
    new = [HOLDER, "李四", "N1", "2020-01-01", "", VALID, "", "", "2", ""]
    batch = take(sheet([old, new], header=COLUMNS), exclusive)
    assert (batch.accepted, statuses()) == (2, {1: SUPERSEDED, 2: VALID})


def test_a_card_that_says_nothing_does_not_come_in(kind: CertificateType) -> None:  # noqa: F811
    rows = [[*line("N1", 1, VALID), ""], [*line("N2", 1, VALID), "李四"]]
    batch = take(sheet(rows, header=[*COLUMNS, "fields.name"]), kind)
    assert [at for at, _ in refusals(batch)] == [2]
    assert "没有填写任何证照内容" in refusals(batch)[0][1]
