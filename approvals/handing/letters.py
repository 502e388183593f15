"""Decisions and notices as sealed papers (行政许可法 art. 38, 39; elements: 司法部 文书示范文本)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Organisation
from approvals import selectors
from approvals.deciding import results
from approvals.deciding.results import Granting
from approvals.errors import NoLetter
from approvals.models import Application, Decision, SupplementNotice
from approvals.states import DecisionKind
from certificates.models import Certificate
from certificates.papers import making
from common.clock import day_of
from common.identifiers import mask_id
from matters import editions
from matters.format.guide import Guide
from rules.language.raw import value_of
from rules.wording.showing import date_text

TITLES = {DecisionKind.GRANTED: "准予决定书", DecisionKind.REFUSED: "不予批准决定书"}
NOTICE = "补正通知书"
SUPPLEMENT_LAW = "《中华人民共和国行政许可法》第三十二条第一款第四项"


@dataclass(frozen=True, slots=True)
class Letter:
    """A sealed PDF, and its name as a file."""

    content: bytes
    name: str


def decision(application: Application, *, actor: str, at: datetime) -> Letter:
    """Return the sealed letter of the decision in force. Raises NoLetter, NotSealedNow."""
    made, sheet = selectors.decided(application)
    if made is None:
        raise NoLetter
    values = _decided(application, made, facts=sheet.facts if sheet else {})
    return _letter(application, f"decision:{made.pk}", "decision", values, actor=actor, at=at)


def notice(application: Application, *, actor: str, at: datetime) -> Letter:
    """Return the sealed notice of everything an applicant has to supply. Raises NoLetter, NotSealedNow."""
    given = selectors.open_notice(application)
    if given is None:
        raise NoLetter
    values = _asked(application, given)
    return _letter(application, f"notice:{given.pk}", "notice", values, actor=actor, at=at)


def _letter(
    application: Application, subject: str, source: str, values: dict[str, Any], *, actor: str, at: datetime
) -> Letter:
    office = application.matter.department
    content = making.document(
        subject,
        source=source,
        values={**_head(application), **values},
        organ_code=office.credit_code,
        organ=office.name,
        is_demo=office.is_demo,
        actor=actor,
        at=at,
    )
    return Letter(content, f"{values['title']} {application.reference}.pdf")


def _head(application: Application) -> dict[str, Any]:
    reference = application.reference
    fours = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    phone = _guide(application).consult_phone
    return {
        "number": f"件号 {fours}",
        "addressee": _addressee(application),
        "foot": f"本文件带有电子签章，改动任何内容都会失效。咨询电话 {phone}",
    }


def _addressee(application: Application) -> str:
    body = application.organisation
    if isinstance(body, Organisation):
        return f"{body.name}（统一社会信用代码 {body.credit_code}）"
    return f"{application.person.name}（公民身份号码 {mask_id(application.person.id_number)}）"


def _decided(application: Application, made: Decision, *, facts: Any) -> dict[str, Any]:
    kind, guide = DecisionKind(made.kind), _guide(application)
    outcome = "决定准予。" if kind is DecisionKind.GRANTED else "决定不予批准。"
    granted = _granted(application, made, facts) if kind is DecisionKind.GRANTED else []
    remedies = guide.remedies
    return {
        "title": TITLES[kind],
        "day": _day(made.decided_at),
        "paragraphs": [
            f"{_submitted(application)}（事项编码 {application.matter.code}），经审查，{outcome}",
            *granted,
            f"理由：{made.reasons}",
            f"依据：{_bases(guide)}。",
        ],
        "closing": [
            (
                f"对本决定不服的，可以自收到之日起60日内向{remedies.review_body}申请行政复议，"
                f"或者6个月内向{remedies.court}提起行政诉讼。"
            )
        ],
    }


def _granted(application: Application, made: Decision, facts: Any) -> list[str]:
    """Say what is granted in the edition's own sentence, and the certificate it issued."""
    compiled = editions.compiled(application.edition)
    table = compiled.package.outcome
    columns = table.columns if table else {}
    typed = {name: value_of(made.outcome.get(name), spec=spec) for name, spec in columns.items()}
    outcome = {name: value for name, value in typed.items() if value is not None}
    granting = Granting(compiled, facts, outcome, day_of(made.decided_at))
    said = results.sentence(compiled.package.result.sentence, granting)
    issued = selectors.certificate_of(made)
    return [f"准予内容：{said}", *([_issued(issued)] if issued else [])]


def _issued(certificate: Certificate) -> str:
    until = date_text(certificate.valid_until) if certificate.valid_until else "长期"
    begins = date_text(certificate.valid_from)
    return f"签发证照：{certificate.type.name}，编号 {certificate.number}，有效期限 {begins}至{until}。"


def _asked(application: Application, given: SupplementNotice) -> dict[str, Any]:
    return {
        "title": NOTICE,
        "day": _day(given.issued_at),
        "paragraphs": [
            f"{_submitted(application)}，需要补正。根据{SUPPLEMENT_LAW}，现一次告知需要补正的全部内容："
        ],
        "items": [{"name": item["name"], "text": item["text"]} for item in given.items],
        "closing": [
            (
                f"请于{date_text(given.due_on)}前登录本网站补正。等待补正的时间不计入办理期限。"
                "到期没有补正的，转由工作人员办理。"
            )
        ],
    }


def _submitted(application: Application) -> str:
    return f"您于{_day(application.submitted_at)}提交的“{application.matter.name}”申请"


def _bases(guide: Guide) -> str:
    return "；".join(f"《{basis.law}》{basis.article}" for basis in guide.legal_basis)


def _guide(application: Application) -> Guide:
    guide: Guide = editions.compiled(application.edition).package.guide
    return guide


def _day(at: datetime) -> str:
    on: date = day_of(at)
    return date_text(on)
