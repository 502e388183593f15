"""The fact vocabulary (数据项目录) of an edition: every name its conditions may use, frozen at publication."""

from __future__ import annotations

from collections.abc import Iterable

from matters.format.package import Package
from matters.format.questions import AskedQuestion, QuestionType
from matters.sources import Sources
from rules import Derivation, FactSpec, FactType, Vocabulary

ACCOUNT = "实名账户"
OWN_RECORDS = "本平台办件记录"
FORM = "申请表"
ORGANISATION_KINDS = {
    "enterprise": "企业",
    "individual_business": "个体工商户",
    "cooperative": "农民专业合作社",
    "institution": "事业单位",
    "other": "其他组织",
}
_QUESTION_TYPES = {
    QuestionType.DATE: FactType.DATE,
    QuestionType.INTEGER: FactType.INTEGER,
    QuestionType.MONEY: FactType.MONEY,
    QuestionType.CHOICE: FactType.CODE,
    QuestionType.BOOLEAN: FactType.BOOLEAN,
    QuestionType.DIVISION: FactType.DIVISION,
    QuestionType.FILE: FactType.INTEGER,  # how many were uploaded
}
_PERSONAL = {QuestionType.MOBILE, QuestionType.RESIDENT_ID, QuestionType.BANK_ACCOUNT}


def freeze(package: Package, *, sources: Sources) -> Vocabulary:
    """Return the vocabulary of a package; what a source does not know is left out and found by linting."""
    types = [(use, sources.types[use.type]) for use in package.uses.certificates if use.type in sources.types]
    asked = [use.register_ for use in package.uses.registers]
    registers = [sources.registers[name] for name in asked if name in sources.registers]
    specs = [*_applicant(package.applicant), *_own()]
    for use, source in types:
        specs += [source.held, *(source.facts[name] for name in use.fields if name in source.facts)]
    for register in registers:
        specs += register.facts
    specs += [_question(question) for question in package.questions]
    known = {spec.name for spec in specs}
    version = " ".join(f"{source.slug}@{source.schema}" for _, source in types)
    return Vocabulary(
        specs=tuple(specs),
        derived=_following(package.derived, known),
        divisions=dict(sources.divisions),
        version=version,
    )


def everything(
    applicant: str,
    *,
    questions: Iterable[AskedQuestion],
    derived: Iterable[Derivation],
    sources: Sources,
) -> Vocabulary:
    """Return the vocabulary of all that could be looked up for an applicant: what a writer may choose from."""
    found = [*_applicant(applicant), *_own(), *map(_question, questions)]
    for kind in sources.types.values():
        if kind.holder_kind in {applicant, "either"}:
            found += [kind.held, *kind.facts.values()]
    for register in sources.registers.values():
        found += register.facts
    specs = {spec.name: spec for spec in found}
    return Vocabulary(
        specs=tuple(specs.values()),
        derived=_following({one.name: one for one in derived}.values(), set(specs)),
        divisions=dict(sources.divisions),
    )


def _following(derived: Iterable[Derivation], known: set[str]) -> tuple[Derivation, ...]:
    """Return the derived facts whose origin is known."""
    found = []
    for derivation in derived:
        if known.issuperset(derivation.origins):
            found.append(derivation)
            known.add(derivation.name)
    return tuple(found)


def _applicant(kind: str) -> list[FactSpec]:
    return _person() if kind == "person" else _organisation()


def _person() -> list[FactSpec]:
    levels = FactSpec(
        name="applicant.real_name_level", type=FactType.INTEGER, label="实名等级", source_label=ACCOUNT
    )
    return [
        _account("name", FactType.TEXT, "姓名"),
        _account("id_number", FactType.TEXT, "公民身份号码", personal=True),
        _account("birth_date", FactType.DATE, "出生日期", personal=True),
        _account("sex", FactType.CODE, "性别", codes={"male": "男", "female": "女"}),
        _account("kind", FactType.CODE, "申请人类型", codes={"person": "自然人"}),
        _account("mobile", FactType.TEXT, "手机号码", personal=True),
        levels,
    ]


def _organisation() -> list[FactSpec]:
    return [
        _account("name", FactType.TEXT, "单位名称"),
        _account("credit_code", FactType.TEXT, "统一社会信用代码"),
        _account("kind", FactType.CODE, "单位类型", codes=ORGANISATION_KINDS),
        _account("person_name", FactType.TEXT, "办事人姓名"),
        _account("person_id_number", FactType.TEXT, "办事人公民身份号码", personal=True),
        _account("person_is_operator", FactType.BOOLEAN, "办事人是经营者或法定代表人"),
        _account("mobile", FactType.TEXT, "办事人手机号码", personal=True),
    ]


def _account(
    name: str, kind: FactType, label: str, *, personal: bool = False, codes: dict[str, str] | None = None
) -> FactSpec:
    return FactSpec(
        name=f"applicant.{name}", type=kind, label=label, personal=personal, codes=codes, source_label=ACCOUNT
    )


def _own() -> list[FactSpec]:
    words = {"open_applications": "在办的同一申请", "granted": "已批准的同一申请"}
    same_name = FactSpec(
        name="own.same_name",
        type=FactType.INTEGER,
        label="本平台已登记的同名单位",
        unit="家",
        source_label=OWN_RECORDS,
    )
    counts = [
        FactSpec(name=f"own.{name}", type=FactType.INTEGER, label=label, unit="件", source_label=OWN_RECORDS)
        for name, label in words.items()
    ]
    return [*counts, same_name]


def _question(question: AskedQuestion) -> FactSpec:
    codes = {option.value: option.label for option in question.options} or None
    return FactSpec(
        name=question.fact,
        type=_QUESTION_TYPES.get(question.type, FactType.TEXT),
        label=question.called or question.label,
        unit="个文件" if question.is_file else question.unit,
        codes=codes,
        personal=question.personal or question.type in _PERSONAL,
        true_text=question.yes,
        false_text=question.no,
        source_label=FORM,
    )
