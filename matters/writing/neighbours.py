"""What a draft has in common with the matters beside it: a name twice, a matter that was only copied, one numbering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common import clock
from matters.lint.problem import Problem
from matters.models import EditionDraft, Matter
from matters.states import OPEN_DRAFT

_OWN = frozenset({"code", "base_code", "type", "name"})  # all that a copy is given of its own


def problems(draft: EditionDraft) -> tuple[Problem, ...]:
    """Return the faults of a draft beside its department's matters: people tell matters apart by their names."""
    found = list(_named(draft))
    if draft.based_on_id is None and not Matter.objects.filter(code=draft.matter_code).exists():
        found += _copied(draft)
    return tuple(found)


def name_taken(name: str, *, department_id: int, but: str = "") -> bool:
    """Return whether a matter of the department, or a draft of one, has the name; `but`: not counting this code."""
    said = "".join(name.split())
    rows = Matter.objects.filter(department=department_id).exclude(code=but).values_list("name", flat=True)
    writing = EditionDraft.objects.filter(department=department_id, state__in=OPEN_DRAFT)
    drafts = writing.exclude(matter_code=but).values_list("name", flat=True)
    return bool(said) and said in {"".join(one.split()) for one in (*rows, *drafts)}


def _named(draft: EditionDraft) -> Iterator[Problem]:
    name = str(draft.content.get("name") or "")
    if name_taken(name, department_id=draft.department_id, but=draft.matter_code):
        yield Problem("name", f"本部门已经有叫“{name}”的事项或草稿，群众分不清，请换一个名字")


def _copied(draft: EditionDraft) -> Iterator[Problem]:
    today = clock.today()
    for matter in Matter.objects.filter(department=draft.department_id).order_by("name", "pk"):
        edition = matter.edition_on(today)
        if edition is None:
            continue
        if _rest(edition.content) == _rest(draft.content):
            told = f"除了编码和名称，和“{matter.name}”完全相同，请改成这个事项自己的内容"
            yield Problem("name", told, warning=True)
        numbered = _numbering(draft.content)
        if numbered and numbered == _numbering(edition.content):
            told = f"编号规则和“{matter.name}”一样，发的又是同一种证照，两个事项的编号会混在一起"
            yield Problem("result.certificate.number", told, warning=True)


def _rest(content: Any) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in _OWN}


def _numbering(content: Any) -> tuple[str, str] | None:
    result = content.get("result")
    certificate = result.get("certificate") if isinstance(result, dict) else None
    if not isinstance(certificate, dict) or not certificate.get("number"):
        return None
    return str(certificate.get("type")), str(certificate["number"])
