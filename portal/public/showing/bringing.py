"""The materials of a situation: what need not be brought, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matters.editions import Compiled
from matters.format.questions import Material, Replacement
from portal.public.showing.covering import MISSING, Cover

FORMS = {"electronic": "电子", "paper": "纸质", "either": "电子或纸质"}
NECESSITY = {"required": "必要", "optional": "非必要", "deferrable": "可容缺"}


@dataclass(frozen=True, slots=True)
class Line:
    """One material. `state`: free (not brought), confirm (made by the system), care (told why), bring."""

    name: str
    state: str
    words: str
    why: str
    form: str
    necessity: str
    basis: str

    @property
    def icon(self) -> str:
        """Return the icon that stands beside the words."""
        return {"free": "circle-check", "confirm": "pencil", "care": "alert-circle", "bring": "paperclip"}[
            self.state
        ]


def lines(
    compiled: Compiled, materials: tuple[Material, ...], *, covers: Mapping[str, Cover] | None
) -> list[Line]:
    """Return the materials in order; `covers` is None for a guest, whose store nobody looks at."""
    return [_line(compiled, material, covers) for material in materials]


def _line(compiled: Compiled, material: Material, covers: Mapping[str, Cover] | None) -> Line:
    state, words, why = _best(compiled, material, covers)
    return Line(
        name=material.name,
        state=state,
        words=words,
        why=why,
        form="不用提交" if state == "free" else FORMS[material.form],
        necessity=NECESSITY[material.necessity],
        basis=material.basis,
    )


def _best(compiled: Compiled, material: Material, covers: Mapping[str, Cover] | None) -> tuple[str, str, str]:
    told = [_told(compiled, replacement, covers) for replacement in material.replaced_by]
    best = min(told, key=lambda each: ("free", "confirm", "care").index(each[0]), default=None)
    if material.upload is not None and (best is None or best[0] == "care"):
        return "bring", "申请时上传", "用手机拍照，或选照片、PDF 上传，不用带原件来"
    return best or ("bring", "由您提交", "")


def _told(compiled: Compiled, by: Replacement, covers: Mapping[str, Cover] | None) -> tuple[str, str, str]:
    if by.certificate is not None:
        return _certificate(compiled, by.certificate, covers)
    if by.register_ is not None:
        source = compiled.specs[f"register.{by.register_}.found"].source_label
        return "free", "免交：数据共享", f"由系统向“{source}”查询"
    if by.commitment is not None:
        return "confirm", "可以告知承诺代替", by.commitment
    return "confirm", "系统生成，您确认", "用您的证照带出，请核对"


def _certificate(compiled: Compiled, slug: str, covers: Mapping[str, Cover] | None) -> tuple[str, str, str]:
    name = compiled.specs[f"cert.{slug}.held"].source_label
    if covers is None:
        return "free", "免交：电子证照", f"用电子证照“{name}”代替"
    cover = covers.get(slug, MISSING)
    if cover.usable:
        return "free", "免交：电子证照", f"电子证照“{name}”，{cover.words}"
    return "care", "由工作人员核对", f"电子证照“{name}”：{cover.words}。照样可以申请，不用补交证明"
