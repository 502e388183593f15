"""A newer version that comes by a file takes the place of the one in force, whatever else is at the store meanwhile."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from certificates import checking
from certificates.checking import CheckState
from certificates.issuance import lifecycle
from certificates.models import Certificate, CertificateType, ImportBatch
from certificates.states import ENDED, IN_HAND, CertificateStatus
from certificates.stocking import importing
from certificates.stocking.files import reading
from records.models import JournalEntry
from tests.certificates.stocking.test_importing import HEADER, kind, refusals, sheet, take  # noqa: F401 -- a fixture
from tests.factories import certificates as making
from tests.factories import roles
from tests.factories.offices import department
from tests.factories.people import id_number

pytestmark = pytest.mark.django_db
COLUMNS = [*HEADER, "version", "status_document", "fields.name"]
HOLDER, OTHER = id_number(), id_number()
VALID, SUSPENDED, SUPERSEDED, REVOKED = "valid", "suspended", "superseded", "revoked"
REPLACES, STANDS, KNOWN = "replaces", "stands", "known"
TODAY = making.TODAY


def line(
    version: int,
    status: str = VALID,
    *,
    number: str = "N1",
    holder: str = HOLDER,
    until: str = "",
    name: str = "李四",
) -> list[str]:
    why = ["违法经营", "2021-05-01"] if status in ENDED else ["", ""]
    document = "龙撤〔2021〕1号" if status in ENDED else ""
    return [holder, "李四", number, "2020-01-01", until, status, *why, str(version), document, name]


def bring(kind: CertificateType, *lines: list[str], **options: Any) -> ImportBatch:  # noqa: F811
    return take(sheet(lines, header=COLUMNS), kind, **options)


def standing() -> dict[tuple[str, int], tuple[str, int | None]]:
    """Every version with its state and the version it follows."""
    rows = Certificate.objects.values_list("number", "version", "status", "previous__version")
    return {(number, version): (status, previous) for number, version, status, previous in rows}


STATES: dict[str, list[str]] = {
    "valid": line(2),
    "expired": line(2, until="2021-01-01"),
    "suspended": line(2, SUSPENDED),
    "superseded": line(2, SUPERSEDED),
    **{ended: line(2) for ended in sorted(ENDED)},
}
COMES_BACK = "不能再作为有效的证照入库"
NEWER: dict[str, dict[str, str]] = {
    "valid": {VALID: REPLACES, SUSPENDED: REPLACES, SUPERSEDED: "第 2 版还有效", REVOKED: "第 2 版还有效"},
    "expired": {VALID: REPLACES, SUSPENDED: REPLACES, SUPERSEDED: STANDS, REVOKED: STANDS},
    "suspended": dict.fromkeys((VALID, SUSPENDED, SUPERSEDED, REVOKED), "第 2 版暂停使用"),
    "superseded": dict.fromkeys((VALID, SUSPENDED, SUPERSEDED, REVOKED), STANDS),
    **{
        ended: {VALID: COMES_BACK, SUSPENDED: COMES_BACK, SUPERSEDED: STANDS, REVOKED: STANDS}
        for ended in sorted(ENDED)
    },
}
LATE = "已有第 2 版"
OLDER: dict[str, dict[str, str]] = {
    state: {
        VALID: COMES_BACK if state in ENDED else LATE,
        SUSPENDED: COMES_BACK if state in ENDED else LATE,
        SUPERSEDED: STANDS,
        REVOKED: LATE,
    }
    for state in STATES
}
CASES = [
    (state, version, status, outcome)
    for version, table in ((3, NEWER), (1, OLDER))
    for state, row in table.items()
    for status, outcome in row.items()
] + [(state, 2, status, KNOWN) for state in STATES for status in (VALID, SUSPENDED, SUPERSEDED, REVOKED)]


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize(("state", "version", "status", "outcome"), CASES)
def test_what_stands_and_what_comes(
    state: str, version: int, status: str, outcome: str, exclusive: bool
) -> None:
    department()
    made = making.card_type(exclusive=exclusive)
    assert bring(made, STATES[state]).accepted == 1
    old = Certificate.objects.get()
    if state in ENDED:
        lifecycle.change_status(old, CertificateStatus(state), reason="依法", actor="system")
    was = Certificate.objects.get().status
    until = "2021-01-01" if version == 2 and state == "expired" else ""
    roles.as_application()  # held by every trigger
    batch = bring(made, line(version, status, until=until))
    roles.commits()
    old.refresh_from_db()
    after = standing()
    counts = (batch.accepted, batch.known, batch.rejected, batch.superseded)
    entries = JournalEntry.objects.filter(stream=f"import:{batch.pk}", act="certificates_superseded")
    journal = list(entries.values_list("details", flat=True))
    if outcome == REPLACES:
        assert counts == (1, 0, 0, 1)
        assert after == {("N1", 2): (SUPERSEDED, None), ("N1", version): (status, 2)}
        told = {**importing.told_of([str(old.pk)]), "issuer": making.ISSUER}
        assert (old.status_reason, journal) == ("已有新证", [told])
        return
    assert (old.status, journal) == (was, [])  # it stays what it is
    if outcome == STANDS:
        assert counts == (1, 0, 0, 0)
        follows = version > 2 and state != "expired"  # which is not over before something takes its place
        assert after["N1", version] == (status, 2 if follows else None)
    elif outcome == KNOWN:
        assert counts == (0, 1, 0, 0)
    else:
        assert counts == (0, 0, 1, 0)
        assert outcome in refusals(batch)[0][1]


def test_the_same_version_with_other_content_stays_refused(kind: CertificateType) -> None:  # noqa: F811
    bring(kind, line(2))
    assert "内容不同：姓名" in refusals(bring(kind, line(2, name="王五")))[0][1]


@pytest.mark.parametrize(("state", "words"), [(VALID, "另一个持证主体"), (SUPERSEDED, "")])
def test_a_number_of_somebody_else_is_not_taken_over(kind: CertificateType, state: str, words: str) -> None:  # noqa: F811
    bring(kind, line(1, state))
    batch = bring(kind, line(2, holder=OTHER))
    assert standing()["N1", 1] == (state, None)
    if words:
        assert words in refusals(batch)[0][1]
    else:
        assert standing()["N1", 2] == (VALID, None)  # two people's are no chain


def test_what_issuing_made_gives_way_too_and_the_next_is_issued_behind_it() -> None:
    department()
    made = making.card_type(exclusive=True)
    bring(made, line(1))
    holder = Certificate.objects.get().holder_person
    assert holder is not None
    second = making.certificate(holder, new_version=True)
    bring(made, line(5))
    fourth = making.certificate(holder, new_version=True)
    assert (second.version, fourth.version) == (2, 6)
    chain = {version: found for (_, version), found in standing().items()}
    assert chain == {1: (SUPERSEDED, None), 2: (SUPERSEDED, 1), 5: (SUPERSEDED, 2), 6: (VALID, 5)}


def test_an_older_version_that_another_number_follows_is_not_followed_twice() -> None:
    department()
    made = making.card_type(exclusive=True)
    bring(made, line(1, until="2021-01-01"))
    holder = Certificate.objects.get().holder_person
    assert holder is not None
    other = making.certificate(holder, number="N2")  # what ran out gave way
    assert other.previous is not None
    batch = bring(made, line(2, SUPERSEDED))
    assert (batch.rejected, standing()["N1", 2]) == (0, (SUPERSEDED, None))
    assert "名下已有有效的这类证照" in refusals(bring(made, line(3)))[0][1]


# --- what is asked of the store afterwards
def test_the_public_check_says_by_which_version(kind: CertificateType) -> None:  # noqa: F811
    bring(kind, line(1))
    bring(kind, line(2), line(4))
    for version, successor in ((1, 2), (2, 4)):
        old = checking.check(Certificate.objects.get(version=version).check_token, on=TODAY)
        assert (old.state, old.successor_version, old.sealed) == (CheckState.SUPERSEDED, successor, False)
        assert old.newest is not None
        assert (old.newest.version, old.newest.state) == (4, CheckState.VALID)
    bring(kind, line(3, SUPERSEDED))  # late: nothing of what stands changes for it
    late = checking.check(Certificate.objects.get(version=3).identifier, on=TODAY)
    assert (late.state, late.successor_version) == (CheckState.SUPERSEDED, 4)
    assert checking.check(Certificate.objects.get(version=2).identifier, on=TODAY).successor_version == 4
    newest = checking.check(Certificate.objects.get(version=4).identifier, on=TODAY)
    assert (newest.state, newest.successor_version, newest.newest) == (CheckState.VALID, None, None)


def test_numbers_that_follow_each_other_in_a_circle_end() -> None:
    department()
    made = making.card_type(exclusive=True)
    past = "2021-01-01"
    bring(made, line(5, number="N1", until=past))
    holder = Certificate.objects.get().holder_person
    assert holder is not None
    making.certificate(holder, number="N2", valid_until=date(2022, 1, 1))  # follows N1, 5
    bring(made, line(7, SUPERSEDED, number="N2"), line(3, SUPERSEDED, number="N1"))
    making.certificate(holder, number="N3")
    for one in Certificate.objects.order_by("pk"):
        assert checking.check(one.check_token, on=TODAY).state is not CheckState.UNKNOWN


# --- one file is its rows, one after the other
class _Ahead:
    """A pool that has prepared two pieces more when one is written, as two processes have."""

    def __init__(self, work: Callable[[Any], Any], *, processes: int) -> None:
        self.work = work

    def ordered(self, pieces: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        ahead: deque[tuple[Any, Any]] = deque()
        for piece in pieces:
            ahead.append((piece, self.work(piece)))
            if len(ahead) > 2:
                yield ahead.popleft()
        yield from ahead


def some_rows(dice: random.Random) -> list[list[str]]:
    people = [id_number() for _ in range(3)]
    whose = {f"N{n}": dice.choice(people) for n in range(5)}
    statuses = (VALID, VALID, VALID, SUSPENDED, SUPERSEDED, REVOKED)
    rows = []
    for _ in range(40):
        number = dice.choice(list(whose))
        holder = whose[number] if dice.random() < 0.9 else dice.choice(people)
        until = dice.choice(["", "", "2021-01-01"])
        row = line(dice.randint(1, 4), dice.choice(statuses), number=number, holder=holder, until=until)
        rows.append(row)
    return rows


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 5, 46, 53])
def test_a_file_comes_to_what_its_rows_come_to_one_by_one(
    seed: int, exclusive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    department()
    made = making.card_type(exclusive=exclusive)
    rows = some_rows(random.Random(seed))
    outcomes = []
    for size in (0, 1, 3, 1000):
        with transaction.atomic():
            if size:
                monkeypatch.setattr(reading.chunks, "__kwdefaults__", {"rows": size})
                monkeypatch.setattr("certificates.stocking.importing.Pool", _Ahead)
                batches = [bring(made, *rows, processes=2)]
                refused = [at - 2 for at, _ in refusals(batches[0])]
            else:
                batches = [bring(made, row, *([] if at % 2 else [row])) for at, row in enumerate(rows)]
                refused = [at for at, batch in enumerate(batches) if batch.rejected]
            roles.commits()
            check_the_store()
            outcomes.append((standing(), refused, sum(batch.accepted for batch in batches)))
            transaction.set_rollback(True)
    assert len(outcomes[0][0]) > 5
    for one in outcomes[1:]:
        assert one == outcomes[0]


def check_the_store() -> None:
    in_force: dict[str, int] = {}
    for one in Certificate.objects.select_related("previous"):
        if one.status == VALID:
            assert in_force.setdefault(one.number, one.version) == one.version
        if one.previous is not None:
            assert one.previous.status not in IN_HAND
            assert (one.previous.number, one.previous.holder_person_id) == (one.number, one.holder_person_id)
            assert one.previous.version < one.version
    for number, version in in_force.items():
        later = Certificate.objects.filter(number=number, version__gt=version)
        assert not later.filter(status__in=IN_HAND).exists()


def check_the_journal() -> None:
    """What was superseded at one moment is what the journal says was; what never stood in force is in no entry."""
    moments: dict[object, list[str]] = defaultdict(list)
    for one in Certificate.objects.filter(status=SUPERSEDED).exclude(successor__batch=F("batch")):
        moments[one.status_changed_at].append(str(one.pk))
    told = JournalEntry.objects.filter(act="certificates_superseded").values_list("details", flat=True)
    by_digest = {details["digest"]: details["count"] for details in told}
    assert len(by_digest) == len(told)
    for pks in moments.values():
        again = importing.told_of(pks)
        assert by_digest.get(again["digest"]) == again["count"]


class Killed(BaseException):
    """What kill -9 leaves behind: nothing is cleared up."""


@pytest.mark.parametrize("where", [*range(2, 14)])
def test_killed_between_chunks_each_gives_way_once(
    kind: CertificateType,  # noqa: F811
    where: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = [f"N{n}" for n in range(6)]
    bring(kind, *(line(1, number=one) for one in numbers))
    monkeypatch.setattr(reading.chunks, "__kwdefaults__", {"rows": 2})
    rows = [line(version, number=one) for one in numbers for version in (2, 3)]

    def tell(progress: importing.Progress) -> None:
        if progress.lines >= where:
            raise Killed

    with pytest.raises(Killed):
        bring(kind, *rows, tell=tell)
    stopped = ImportBatch.objects.get(state="running")
    gone = Certificate.objects.filter(version=1, status=SUPERSEDED).count()
    assert (stopped.accepted, stopped.superseded) == (2 * gone, gone)
    batch = bring(kind, *rows)
    assert (batch.pk, batch.accepted, batch.superseded) == (stopped.pk, 12, 6)
    assert standing() == {
        (one, version): (VALID if version == 3 else SUPERSEDED, version - 1 or None)
        for one in numbers
        for version in (1, 2, 3)
    }
    check_the_journal()
    entry = JournalEntry.objects.get(stream=f"import:{batch.pk}", act="certificates_imported")
    assert (entry.details["accepted"], entry.details["superseded"]) == (12, 6)
