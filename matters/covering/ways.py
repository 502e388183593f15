"""How each material of a matter is met without paper, in every situation: from published editions alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matters.editions import Compiled
from matters.format.questions import Material


class Way(StrEnum):
    """How a material is met. UNISSUED: by a certificate in name only, of a type nobody issues yet (应签未签)."""

    CERTIFICATE = "certificate"
    REGISTER = "register"
    SYSTEM = "system"
    COMMITMENT = "commitment"
    UNISSUED = "unissued"
    BRING = "bring"


WORDS = {
    Way.CERTIFICATE: "电子证照",
    Way.REGISTER: "数据共享",
    Way.SYSTEM: "系统生成",
    Way.COMMITMENT: "告知承诺",
    Way.UNISSUED: "证照还没有签发，由工作人员核对",
    Way.BRING: "申请人提交",
}
FREE = frozenset({Way.CERTIFICATE, Way.REGISTER, Way.SYSTEM, Way.COMMITMENT})


@dataclass(frozen=True, slots=True)
class Kind:
    """A certificate type as coverage sees it: its name, and whether the store holds a valid one of it."""

    name: str
    issued: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One material as an edition asks for it; it never changes. `wanted`: the type that would make it needless."""

    code: str
    name: str
    certificates: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    commitment: str = ""
    system: bool = False
    upload: bool = False
    conditional: bool = False
    optional: bool = False
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """One material with the way it is met today, by what, and the types that stand or would stand in for it."""

    asked: Asked
    way: Way
    by: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Return whether nobody has to bring it."""
        return self.way in FREE

    @property
    def words(self) -> str:
        """Return the way in words, with what stands in: 电子证照：居民身份证."""
        told = WORDS[self.way]
        return f"{told}：{'、'.join(self.by)}" if self.by else told

    @property
    def types(self) -> frozenset[str]:
        """Return every type that would do: those it names already, and the one it wants."""
        return frozenset(self.asked.certificates) | ({self.asked.wanted} - {""})


@dataclass(frozen=True, slots=True)
class Subject:
    """Which matter a coverage is of."""

    code: str
    name: str
    department: str
    applicant: str
    department_id: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """One matter with every material of its edition in force, and the type that a grant issues."""

    subject: Subject
    covers: tuple[Cover, ...]
    result: str = ""
    result_name: str = field(default="", compare=False)

    @property
    def free(self) -> int:
        """Return how many materials nobody has to bring."""
        return sum(cover.free for cover in self.covers)

    @property
    def brought(self) -> tuple[Cover, ...]:
        """Return the materials that have to be brought, at least in some situation."""
        return tuple(cover for cover in self.covers if not cover.free)

    @property
    def whole(self) -> bool:
        """Return whether the matter is certificate-free (免证办): nothing to bring in any situation."""
        return not self.brought

    @property
    def sometimes(self) -> bool:
        """Return whether something is brought, though only in some situations or where the applicant likes to."""
        return not self.whole and all(one.asked.conditional or one.asked.optional for one in self.brought)

    @property
    def percent(self) -> int:
        """Return the share of materials nobody brings, in whole percent, rounded down: 100 means all."""
        return 100 * self.free // len(self.covers) if self.covers else 100


def asked(compiled: Compiled) -> tuple[Asked, ...]:
    """Return the materials of an edition."""
    return tuple(_asked(compiled, material) for material in compiled.package.materials)


def _asked(compiled: Compiled, material: Material) -> Asked:
    named = [one.register_ for one in material.replaced_by if one.register_]
    return Asked(
        code=material.code,
        name=material.name,
        certificates=tuple(one.certificate for one in material.replaced_by if one.certificate),
        registers=tuple(compiled.specs[f"register.{name}.found"].source_label for name in named),
        commitment=next((one.commitment for one in material.replaced_by if one.commitment), ""),
        system=any(one.form for one in material.replaced_by),
        upload=material.upload is not None,
        conditional=material.when is not None,
        optional=material.necessity == "optional",
        wanted=material.certificate_wanted or "",
    )


def cover(material: Asked, *, kinds: Mapping[str, Kind]) -> Cover:
    """Return how a material is met; of several ways the surest: a certificate, a register, the form, a promise."""
    known = [kinds[slug] for slug in material.certificates if slug in kinds]
    issued = tuple(kind.name for kind in known if kind.issued)
    if issued:
        return Cover(material, Way.CERTIFICATE, issued)
    if material.registers:
        return Cover(material, Way.REGISTER, material.registers)
    if material.system:
        return Cover(material, Way.SYSTEM)
    if material.commitment:
        return Cover(material, Way.COMMITMENT)
    if material.certificates:
        return Cover(material, Way.UNISSUED, tuple(kind.name for kind in known))
    return Cover(material, Way.BRING)


def share_of(coverages: tuple[Coverage, ...]) -> tuple[int, int]:
    """Return how many matters are certificate-free, and of how many."""
    return sum(one.whole for one in coverages), len(coverages)
