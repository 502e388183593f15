"""What a form's braces stand for, with what they give today: the next number, the columns and dates a text can name."""

from __future__ import annotations

from certificates.issuance import numbering
from certificates.models import CertificateType
from common import clock
from matters.models import EditionDraft
from portal.catalogue.builder.offering import as_dict

_DATES = (("today", "批准当天"), ("first_of_next_month", "次月 1 日"), ("valid_until", "有效期止"))


def notes(draft: EditionDraft) -> dict[str, str]:
    """Return a sentence for each place that takes braces."""
    return {"result.certificate.number": _number(draft), "result.sentence": _sentence(draft)}


def _number(draft: EditionDraft) -> str:
    certificate = as_dict(as_dict(draft.content.get("result")).get("certificate"))
    slug, pattern = str(certificate.get("type") or ""), certificate.get("number")
    if not isinstance(pattern, str):
        return ""
    code = CertificateType.objects.filter(slug=slug).values_list("code", flat=True).first() or slug
    found = numbering.upcoming(code, pattern, on=clock.today())
    return f"照这个规则，今天的下一个编号是 {found}" if found else ""


def _sentence(draft: EditionDraft) -> str:
    columns = as_dict(as_dict(draft.content.get("outcome")).get("columns"))
    named = [(f"outcome.{key}", str(as_dict(raw).get("label") or key)) for key, raw in columns.items()]
    said = "，".join(f"{{{name}}} 是{words}" for name, words in (*named, *_DATES))
    return f"可以写：{said}"
