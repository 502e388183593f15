"""What a grant does must be possible: the type exists, its fields are filled in their types, numbers are unique."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from certificates.issuance import numbering
from matters.editions import Compiled
from matters.format.results import FieldSource
from matters.format.templates import placeholders
from matters.lint.problem import Problem
from matters.sources import Sources, TypeSource
from rules import FactType
from rules.language.raw import Unreadable, value_of
from rules.language.vocabulary import FieldSpec

_PATH = "result.certificate"
_CENT = Decimal("0.01")
_DATES = frozenset({"today", "first_of_next_month", "valid_until"})
_VALIDITIES = ("valid_days", "valid_years", "valid_until")


def problems(compiled: Compiled, *, sources: Sources) -> Iterator[Problem]:
    """Yield the faults of the result."""
    result = compiled.package.result
    if result.certificate.number is not None:
        yield from _number(result.certificate.number)
    yield from _sentence(compiled, result.sentence, path="result.sentence")
    yield from _naming(compiled)
    yield from _ending(compiled, sources)
    yield from _amounts(compiled)
    source = sources.types.get(result.certificate.type)
    if source is None:
        yield Problem(f"{_PATH}.type", f"没有证照类型“{result.certificate.type}”")
        return
    yield from _holder(compiled, source)
    yield from _renewal(compiled, source)
    yield from _fields(compiled, source)


def _naming(compiled: Compiled) -> Iterator[Problem]:
    result = compiled.package.result
    if result.names is not None:
        path = "result.organisation.name" if result.organisation else "result.renames"
        yield from _fact(compiled, result.names.fact, FactType.TEXT, path=path)
    if result.renames and compiled.package.applicant != "organisation":
        yield Problem("result.renames", "申请人是个人，没有可以改的单位名称")


def _amounts(compiled: Compiled) -> Iterator[Problem]:
    """What is granted is paid: no amount below nothing, none finer than a 分."""
    table = compiled.package.outcome
    money = {name for name, spec in table.columns.items() if spec.type is FactType.MONEY} if table else set()
    for at, row in enumerate(table.rows if table else ()):
        for name in sorted(money & row.values.keys()):
            amount = Decimal(str(row.values[name]))
            if amount < 0:
                yield Problem(f"outcome.rows[{at}].values.{name}", "金额不能小于 0")
            elif amount != amount.quantize(_CENT):
                yield Problem(f"outcome.rows[{at}].values.{name}", "金额最多写到分，两位小数")


def _ending(compiled: Compiled, sources: Sources) -> Iterator[Problem]:
    """What ends must be the applicant's, named in `uses` so that they are told, and read by a check."""
    ends, path = compiled.package.result.ends, "result.ends"
    if ends is None:
        return
    for slug in ends.types:
        source = sources.types.get(slug)
        if source is None:
            yield Problem(path, f"没有证照类型“{slug}”")
        elif slug not in compiled.certificates:
            yield Problem(path, f"uses 里没有“{slug}”：会注销的证照要先告诉申请人")
        elif source.holder_kind not in {compiled.package.applicant, "either"}:
            yield Problem(path, f"{source.name}的持证主体与申请人不一致")
    if not _is_read(compiled, ends.certificate):
        yield Problem(f"{path}.certificate", "要有核验项读取要注销的证照，没有原证就不能注销")
    if ends.organisation and compiled.package.applicant != "organisation":
        yield Problem(f"{path}.organisation", "申请人是个人，没有可以注销的单位")


def _is_read(compiled: Compiled, slug: str) -> bool:
    """Return whether a check reads a field of it, so that without the certificate the machine cannot grant."""
    held = f"cert.{slug}."
    return any(name.startswith(held) and not name.endswith(".held") for name in compiled.needed)


def _number(pattern: str) -> Iterator[Problem]:
    if fault := numbering.problem(pattern):
        yield Problem(f"{_PATH}.number", fault)


def _holder(compiled: Compiled, source: TypeSource) -> Iterator[Problem]:
    created = compiled.package.result.organisation is not None
    holder = "organisation" if created else compiled.package.applicant
    if source.holder_kind not in {holder, "either"}:
        yield Problem(f"{_PATH}.type", f"{source.name}的持证主体与领证人不一致")


def _renewal(compiled: Compiled, source: TypeSource) -> Iterator[Problem]:
    """A new version needs a held one: a check must read it, so that without it the machine cannot grant."""
    if compiled.package.result.certificate.renews and not _is_read(compiled, source.slug):
        yield Problem(f"{_PATH}.mode", f"new_version 要有核验项读取原来的{source.name}，没有原证就不能换发")


def _fields(compiled: Compiled, source: TypeSource) -> Iterator[Problem]:
    given = compiled.package.result.certificate.fields
    for name, field in given.items():
        raw = source.fields.get(name)
        if raw is None:
            yield Problem(f"{_PATH}.fields.{name}", f"{source.name}没有这个字段")
        else:
            yield from _field(compiled, field, raw, path=f"{_PATH}.fields.{name}")
    for name in sorted(set(source.fields) - set(given)):
        yield Problem(f"{_PATH}.fields", f"{source.name}的字段“{name}”没有来源，会是空的", warning=True)


def _field(compiled: Compiled, field: FieldSource, raw: Mapping[str, Any], *, path: str) -> Iterator[Problem]:
    kind = FactType(raw["type"])
    if field.otherwise is not None:
        yield from _fact(compiled, field.otherwise, kind, path=f"{path}.otherwise")
    if field.fact is not None:
        yield from _fact(
            compiled, field.fact, FactType.TEXT if field.label else kind, path=path, label=field.label
        )
    elif field.outcome is not None:
        table = compiled.package.outcome
        column = table.columns.get(field.outcome) if table else None
        if column is None:
            yield Problem(path, f"结果表没有“{field.outcome}”这一列")
        elif column.type is not kind:
            yield Problem(path, f"结果表的“{field.outcome}”是 {column.type} 类型，应为 {kind}")
    elif field.text is not None:
        yield from _sentence(compiled, field.text, path=path, personal=True)
    elif field.value is not None:
        yield from _value(field.value, raw, path=path)
    elif (kind is FactType.DATE) != bool(field.model_fields_set & _DATES):
        yield Problem(path, f"这个来源的类型与字段的类型 {kind} 不一致")
    elif field.valid_until and not _runs_out(compiled):
        yield Problem(path, "valid_until 要写明证照的有效期；沿用原证有效期的，请从原证取")


def _runs_out(compiled: Compiled) -> bool:
    certificate = compiled.package.result.certificate
    return any(getattr(certificate, name) is not None for name in _VALIDITIES)


def _fact(
    compiled: Compiled, name: str, kind: FactType, *, path: str, label: bool = False
) -> Iterator[Problem]:
    spec = compiled.specs.get(name)
    if spec is None:
        yield Problem(path, f"数据项目录里没有“{name}”")
    elif not label and spec.type is not kind:
        yield Problem(path, f"“{name}”是 {spec.type} 类型，应为 {kind}")
    elif label and spec.type is not FactType.CODE:
        yield Problem(path, f"“{name}”不是代码，不用写 label")


def _value(value: object, raw: Mapping[str, Any], *, path: str) -> Iterator[Problem]:
    spec = FieldSpec(**{key: part for key, part in raw.items() if key in FieldSpec.model_fields})
    try:
        value_of(value, spec=spec)
    except Unreadable:
        yield Problem(path, f"值不是 {spec.type} 类型")


def _sentence(compiled: Compiled, text: str, *, path: str, personal: bool = False) -> Iterator[Problem]:
    columns = compiled.package.outcome.columns if compiled.package.outcome else {}
    for name in placeholders(text):
        if name in _DATES or name.removeprefix("outcome.") in columns:
            continue
        spec = compiled.specs.get(name)
        if spec is None:
            yield Problem(path, f"没有“{name}”这个数据项或结果列")
        elif spec.personal and not personal:
            yield Problem(path, f"“{name}”是个人信息，不能写在这里")
