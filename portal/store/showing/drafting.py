"""A certificate about to be issued: the card its holder will see, and what is sealed, to be looked over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import Person
from certificates import schemas, selectors
from certificates.issuance import carrying
from certificates.keeping.keepers import Holder
from certificates.keeping.reissuing import Draft
from certificates.models import Certificate
from common.identifiers import mask_id, mask_name
from portal.web.components.parts import CertificateFace, Row
from rules.wording.showing import date_text


@dataclass(frozen=True, slots=True)
class Preview:
    """The card, and what goes with it."""

    face: CertificateFace
    facts: Sequence[Row]


def preview(asked: Draft, *, holder: Holder) -> Preview:
    """Return the page; what was typed is shown whole to be read again, the holder's name and number masked."""
    specs = schemas.of_version(asked.type, asked.type.current_schema)
    values = {**asked.values, **({carrying.NUMBER: asked.number} if carrying.NUMBER in specs else {})}
    lines = selectors.lines(asked.type, values, version=asked.type.current_schema, mask=False)
    until = date_text(asked.valid_until) if asked.valid_until else "长期"
    rows = [(line.label, _masked(line.name, line.text, holder)) for line in lines]
    rows += [
        ("颁发机构", asked.issuer),
        ("颁发日期", date_text(asked.issued_on)),
        ("有效期", f"{until}止" if asked.valid_until else until),
    ]
    face = CertificateFace(
        title=asked.type.name,
        state="unissued",
        rows=rows,
        number=asked.number,
        issuer=asked.issuer,
    )
    return Preview(face, _facts(asked, holder))


def changed(asked: Draft, held: Certificate) -> list[Row]:
    """Return the next version to be looked over: what changes, as it was typed; the rest is not shown to a keeper."""
    lines = selectors.lines(asked.type, asked.values, version=asked.type.current_schema, mask=False)
    return [
        Row("换发的是", f"{asked.type.name}（{asked.number}），第 {held.version + 1} 版"),
        *(Row(line.label, f"改为：{line.text}") for line in lines),
        Row("其他内容", "照原来的不变"),
        Row("有效期", _days(asked.valid_from, asked.valid_until)),
        Row("加盖的印章", f"{asked.issuer}的电子印章"),
        Row("理由", f"{asked.reason}（持证人会看到）"),
    ]


def _facts(asked: Draft, holder: Holder) -> list[Row]:
    person = isinstance(holder, Person)
    number = mask_id(holder.id_number) if isinstance(holder, Person) else holder.credit_code
    return [
        Row("发给", f"{mask_name(holder.name) if person else holder.name}　{number}"),
        Row("有效期", _days(asked.valid_from, asked.valid_until)),
        Row("加盖的印章", f"{asked.issuer}的电子印章"),
        Row("印章管住的", "上面证照里的每一项、编号、颁发机构和有效期"),
        Row("理由", f"{asked.reason}（持证人会看到）"),
    ]


def _days(begins: date, until: date | None) -> str:
    return f"{date_text(begins)}至{date_text(until) if until else '长期'}"


def _masked(name: str, text: str, holder: Holder) -> str:
    if not isinstance(holder, Person):
        return text
    return {"name": mask_name, "id_number": mask_id}.get(name, str)(text)
