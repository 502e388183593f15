"""Certificate types as the store's pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django import forms
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Department, Post
from certificates import schemas
from certificates.issuance import terms
from certificates.models import CertificateType
from certificates.states import TypeKind
from common.reading import by_reading
from portal.web.components.parts import Row
from rules import FactType

A_PAGE = 30
MANY = 1000  # more are not counted
_IN_USE = """
SELECT t.id, (SELECT count(*) FROM (SELECT 1 FROM certificates_certificate c
                                    WHERE c.type_id = t.id AND c.status = 'valid' LIMIT %s) AS counted)
FROM certificates_certificatetype t WHERE t.id = ANY(%s)
"""
_TYPES = {
    FactType.TEXT: "文字",
    FactType.INTEGER: "整数",
    FactType.MONEY: "金额",
    FactType.DATE: "日期",
    FactType.BOOLEAN: "是或否",
    FactType.CODE: "选项",
    FactType.DIVISION: "行政区划",
    FactType.LIST: "多条记录",
}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One type in the list, with how many certificates of it are valid."""

    type: CertificateType
    in_use: str
    ours: bool


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a type, in words."""

    label: str
    kind: str
    personal: bool
    looked_up: bool


@dataclass(frozen=True, slots=True)
class TypePage:
    """Everything the page of one type shows."""

    type: CertificateType
    facts: Sequence[Row]
    fields: Sequence[FieldRow]
    versions: Sequence[int]
    issued_here: bool


class TypeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Choosing a type by its name: those a department issues itself first."""

    def offer(self, types: QuerySet[CertificateType], *, first: Department | None) -> None:
        """Offer these types in two groups."""
        self.queryset = types
        own: list[tuple[str, str]] = []
        others: list[tuple[str, str]] = []
        for one in ordered(types, first=first):
            (own if _issues(first, one) else others).append((one.slug, one.name))
        groups = [("本单位签发的", own), ("其他单位签发的", others)]
        self.choices = [("", self.empty_label), *((words, rows) for words, rows in groups if rows)]


def ordered(types: Iterable[CertificateType], *, first: Department | None) -> list[CertificateType]:
    """Return types as a reader looks for them: what the department issues before the rest, each by its name."""
    return sorted(types, key=lambda one: (not _issues(first, one), by_reading(one.name)))


def _issues(department: Department | None, kind: CertificateType) -> bool:
    return department is not None and department.credit_code in terms.issuers_of(kind)


def found(*, words: str, kind: str, first: Department) -> list[CertificateType]:
    """Return the types whose name, definer or code holds some words, of one kind where one is named."""
    rows = CertificateType.objects.all()
    if kind in TypeKind.values:
        rows = rows.filter(kind=kind)
    wanted = [one for one in rows if words in f"{one.name} {one.definer_name} {one.code}"]
    return ordered(wanted, first=first)


def type_rows(kinds: Sequence[CertificateType], *, department: Department) -> list[TypeRow]:
    """Return types for the list, with how many certificates of each are valid."""
    counts = _in_use(kinds)
    return [TypeRow(one, counts[one.pk], _issues(department, one)) for one in kinds]


def type_page(code: str, *, department: Department) -> TypePage | None:
    """Return one type in words, None for a code nobody has."""
    kind = CertificateType.objects.filter(code=code).first()
    if kind is None:
        return None
    versions = list(kind.schemas.order_by("-version").values_list("version", flat=True))
    here = department.credit_code in terms.issuers_of(kind)
    return TypePage(kind, list(_facts(kind)), list(_fields(kind)), versions, here)


def validity_words(kind: CertificateType) -> str:
    """Return the validity rule in words."""
    years, months = kind.validity.get("years", 0), kind.validity.get("months", 0)
    length = "".join([f"{years} 年" if years else "", f"{months} 个月" if months else ""])
    return {
        "forever": "长期有效",
        "term": f"固定 {length}",
        "at_most": f"最长 {length}",
    }.get(kind.validity.get("rule", "given"), "签发时确定")


def _facts(kind: CertificateType) -> Iterator[Row]:
    yield Row("证照类型代码", kind.code)
    yield Row("定义机关", kind.definer_name)
    yield Row("类别", kind.get_kind_display())
    yield Row("可信等级", kind.get_trust_level_display())
    yield Row("发给", kind.get_holder_kind_display())
    yield Row("同时持有", "一人一张有效的" if kind.exclusive else "可以有多张有效的")
    yield Row("签发机关", "、".join(_bodies(kind)))
    yield Row("有效期", validity_words(kind))
    yield Row("依职能查验", _lookup_words(kind))
    days = kind.copies.get("days")
    yield Row("加注件", f"可以制作，{days} 天内有效" if days else "不制作")
    yield Row("现有有效证照", _in_use([kind])[kind.pk])


def _lookup_words(kind: CertificateType) -> str:
    roles = [Post.Role(role).label for role in kind.lookup.get("roles", ())]
    if not roles:
        return "不可以，要持证人授权"
    return f"{'、'.join(map(str, roles))}，依据{kind.lookup['basis']}"


def _fields(kind: CertificateType) -> Iterator[FieldRow]:
    looked_up = kind.lookup.get("fields", ())
    for name, spec in schemas.of_version(kind, kind.current_schema).items():
        yield FieldRow(spec.label, _TYPES[spec.type], spec.personal, name in looked_up)


def _bodies(kind: CertificateType) -> list[str]:
    codes = terms.issuers_of(kind)
    defined = {kind.code[: terms.DEFINER]: kind.definer_name}
    names = defined | dict(
        Department.objects.filter(credit_code__in=codes).values_list("credit_code", "name")
    )
    return [names.get(code, code) for code in codes]


def _in_use(kinds: Sequence[CertificateType]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE, [MANY + 1, [kind.pk for kind in kinds]])
        counts = dict(cursor.fetchall())
    return {pk: f"{MANY} 张以上" if count > MANY else f"{count} 张" for pk, count in counts.items()}
