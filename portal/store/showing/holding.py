"""Certificates as a keeper sees them: terms, state and history; never what they say of their holder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import User
from certificates import checking
from certificates.keeping import keepers
from certificates.models import Certificate, EndingProposal, ImportBatch
from certificates.states import ENDED, TRANSITIONS, CertificateStatus, EndingStatus
from common import clock
from common.identifiers import mask_name
from portal.store.showing.stocking import actor_name
from portal.web.components.parts import Row
from records.models import JournalEntry

_ACTS = {
    "certificate_issued": "签发",
    "certificate_superseded": "换发了新版本，这一版停止使用",
    "certificate_issued_by_keeper": "由证照管理员签发（没有办件）",
    "certificate_corrected": "更正内容，签发这一版",
    "certificate_renewed": "延续有效期，签发这一版",
    "certificate_ending_proposed": "提出处理，等待复核",
    "certificate_ending_confirmed": "复核确认",
    "certificate_ending_dropped": "取消处理，证照不变",
}
_BY_KEEPER = {"certificate_issued_by_keeper", "certificate_corrected", "certificate_renewed"}
_MOVED = {"certificate_status_changed", "certificate_ended"}
_CHIPS = {
    CertificateStatus.VALID: "valid",
    CertificateStatus.SUSPENDED: "soon",
    CertificateStatus.SUPERSEDED: "old",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One certificate in a list: its state in a word, whose it is masked."""

    certificate: Certificate
    state: str
    chip: str
    holder: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history."""

    at: datetime
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """Everything the page of one certificate shows, and which moves it offers."""

    shown: Shown
    facts: Sequence[Row]
    history: Sequence[Past]
    open: EndingProposal | None
    may_confirm: bool
    keeps: bool
    moves: frozenset[str]
    successor: Certificate | None


def shown(certificate: Certificate, *, on: date) -> Shown:
    """Return a certificate for a list. Expired is derived from the day."""
    status = CertificateStatus(certificate.status)
    state, chip = f"{'已' if status in ENDED else ''}{status.label}", _CHIPS.get(status, "dead")
    if status == CertificateStatus.VALID and certificate.expired_on(on):
        state, chip = ("尚未生效", "soon") if on < certificate.valid_from else ("已过期", "old")
    holder = certificate.holder_person
    name = mask_name(holder.name) if holder is not None else keepers.holder_of(certificate).name
    return Shown(certificate, state, chip, name)


def certificate_page(user: User, certificate: Certificate, *, on: date) -> CertificatePage:
    """Return the page of one certificate."""
    waiting = certificate.endings.filter(status=EndingStatus.OPEN).select_related("proposed_by").first()
    mine = keepers.keeps(user, certificate)
    return CertificatePage(
        shown(certificate, on=on),
        list(_facts(certificate)),
        list(_history(certificate)),
        waiting,
        may_confirm=mine and waiting is not None and waiting.proposed_by_id != user.pk,
        keeps=mine,
        moves=frozenset(map(str, TRANSITIONS[CertificateStatus(certificate.status)])),
        successor=checking.successor_of(certificate),
    )


def _facts(certificate: Certificate) -> Iterator[Row]:
    until = certificate.valid_until
    yield Row("证照编号", certificate.number)
    yield Row("电子证照标识", certificate.identifier)
    yield Row("版本", f"第 {certificate.version} 版")
    yield Row("颁发机构", certificate.issuer_name)
    yield Row("签发日期", certificate.issued_on.isoformat())
    begins = certificate.valid_from.isoformat()
    yield Row("有效期", f"{begins} 至 {until.isoformat()}" if until else f"{begins} 起，长期")
    yield Row("电子印章", "已加盖" if certificate.seal_id else "没有加盖（存量导入）")
    if certificate.batch is not None:
        yield Row("来源", imported(certificate.batch))
    if certificate.status_reason and certificate.status != CertificateStatus.VALID:
        yield Row("状态说明", certificate.status_reason)
    ending = certificate.endings.filter(status=EndingStatus.CONFIRMED).first()
    if ending is not None:
        yield Row("决定文号", ending.document)
        yield Row("法律依据", ending.basis)


def imported(batch: ImportBatch) -> str:
    """Return by which import a certificate came in: its file, the day, who began it, who released it."""
    day = clock.day_of(batch.started_at or batch.created_at).isoformat()
    words = f"存量导入：{batch.file_name}，{day}，{actor_name(batch.started_by)}发起"
    return f"{words}，{actor_name(batch.released_by)}复核" if batch.released_by else words


def _history(certificate: Certificate) -> Iterator[Past]:
    entries = list(JournalEntry.objects.filter(stream=f"certificate:{certificate.pk}").order_by("-sequence"))
    names = _names({entry.actor for entry in entries})
    by_keeper = any(entry.act in _BY_KEEPER for entry in entries)
    yield from _superseded_by_import(certificate)
    for entry in entries:
        if by_keeper and entry.act == "certificate_issued":
            continue  # the keeper's own line says it
        words = _moved(entry.details) if entry.act in _MOVED else _ACTS.get(entry.act)
        if words:
            yield Past(entry.at, words, names.get(entry.actor, "系统"))


def _superseded_by_import(certificate: Certificate) -> Iterator[Past]:
    """Say what the journal says in the stream of the import, for thousands at once; nothing moves behind it."""
    at, successor = certificate.status_changed_at, checking.successor_of(certificate)
    if certificate.status != CertificateStatus.SUPERSEDED or at is None or successor is None:
        return
    if successor.batch is not None and successor.batch != certificate.batch:
        words = f"导入了第 {successor.version} 版，这一版停止使用"
        yield Past(at, words, actor_name(successor.batch.started_by))


def _moved(details: dict[str, Any]) -> str:
    was, to = (CertificateStatus(details[key]).label for key in ("from", "to"))
    return f"由“{was}”改为“{to}”"


def _names(actors: set[str]) -> dict[str, str]:
    keys = [actor.partition(":")[2] for actor in actors if actor.startswith("user:")]
    rows = User.objects.filter(pk__in=keys).values_list("pk", "display_name")
    return {f"user:{pk}": name for pk, name in rows}
