"""The materials of a situation: what need not be brought, and why; what to do where the store does not cover it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matters.editions import Compiled
from matters.format.questions import Material, Replacement
from portal.web.components.covers import MISSING, Cover

FORMS = {"electronic": "电子", "paper": "纸质", "either": "电子或纸质"}
UPLOAD = "申请时上传"
NECESSITY = {"required": "必要", "optional": "非必要", "deferrable": "可容缺"}


# from best to worst: of several things that could stand in, the first counts
ORDER = ("free", "soon", "confirm", "ask", "care")
ICONS = {
    "free": "circle-check",
    "soon": "clock",
    "confirm": "pencil",
    "ask": "lock",
    "care": "alert-circle",
    "bring": "paperclip",
}


@dataclass(frozen=True, slots=True)
class Told:
    """How one material is met: state, words, why, and what to do about it (sentence, link)."""

    state: str
    words: str
    why: str = ""
    advice: str = ""
    act: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One material.

    `state`: free (not brought), soon (free, but it runs out), confirm (made by the system), ask (its use was not
    agreed to), care (a person checks), bring.
    """

    name: str
    told: Told
    form: str
    necessity: str
    basis: str

    @property
    def state(self) -> str:
        """Return how the material stands."""
        return self.told.state

    @property
    def words(self) -> str:
        """Return where it comes from, in words."""
        return self.told.words

    @property
    def why(self) -> str:
        """Return why it need not be brought, or how it is brought."""
        return self.told.why

    @property
    def icon(self) -> str:
        """Return the icon that stands beside the words."""
        return ICONS[self.state]


def lines(
    compiled: Compiled, materials: tuple[Material, ...], *, covers: Mapping[str, Cover] | None
) -> list[Line]:
    """Return the materials in order; `covers` is None for a guest, whose store nobody looks at."""
    return [_line(compiled, material, covers) for material in materials]


def _line(compiled: Compiled, material: Material, covers: Mapping[str, Cover] | None) -> Line:
    told = _best(compiled, material, covers)
    return Line(
        name=material.name,
        told=told,
        form="不用提交" if told.state in {"free", "soon"} else FORMS[material.form],
        necessity=NECESSITY[material.necessity],
        basis=material.basis,
    )


def _best(compiled: Compiled, material: Material, covers: Mapping[str, Cover] | None) -> Told:
    told = [_told(compiled, replacement, covers) for replacement in material.replaced_by]
    best = min(told, key=lambda each: ORDER.index(each.state), default=None)
    if material.upload is not None and (best is None or best.state == "care"):
        how = "用手机拍照，或选照片、PDF 上传，不用带原件来"
        return replace(best, state="bring", words=UPLOAD, why=how) if best else Told("bring", UPLOAD, how)
    return best or Told("bring", "由您提交")


def _told(compiled: Compiled, by: Replacement, covers: Mapping[str, Cover] | None) -> Told:
    if by.certificate is not None:
        return _certificate(compiled, by.certificate, covers)
    if by.register_ is not None:
        source = compiled.specs[f"register.{by.register_}.found"].source_label
        return Told("free", "免交：数据共享", f"由系统向“{source}”查询")
    if by.commitment is not None:
        return Told("confirm", "可以告知承诺代替", by.commitment)
    return Told("confirm", "系统生成，您确认", "用您的证照带出，请核对")


def _certificate(compiled: Compiled, slug: str, covers: Mapping[str, Cover] | None) -> Told:
    name = compiled.specs[f"cert.{slug}.held"].source_label
    if covers is None:
        return Told("free", "免交：电子证照", f"用电子证照“{name}”代替")
    cover = covers.get(slug, MISSING)
    words = f"电子证照“{name}”，{cover.words}"
    todo = (cover.advice, cover.act, cover.url)
    match cover.state:
        case "held":
            return Told("free", "免交：电子证照", words)
        case "soon":
            return Told("soon", "免交，证照快到期", words, *todo)
        case "barred":
            return Told("ask", "还没有授权使用", words, *todo)
    return Told(
        "care", "由工作人员核对", f"电子证照“{name}”：{cover.words}。照样可以申请，不用补交证明", *todo
    )
