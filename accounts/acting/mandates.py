"""What acting for another rests on: `delegation:<id>`, `guardianship:<id>`, `right:<id>`; and whether it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, cast

from django.db.models import Q

from accounts.models import ActingRight, Delegation, Guardianship, Person
from common.identifiers import resident_id

OF_AGE = 18  # 民法典 art. 17
Row: TypeAlias = Delegation | Guardianship | ActingRight


@dataclass(frozen=True, slots=True)
class Shown:
    """A mandate in words, as every page of a case names it beside the acting person."""

    role: str
    words: str


def comes_of_age(person: Person) -> date:
    """Return the eighteenth birthday: from that day on nobody acts for them by guardianship."""
    born = resident_id(person.id_number).birth_date
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:  # 29 February
        return born.replace(year=born.year + OF_AGE, month=3, day=1)


def open_rights(on: date) -> Q:
    """Return which acting rights for organisations stand on a day, their last one included."""
    return Q(valid_from__lte=on, revoked_at__isnull=True) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def open_delegations(on: date) -> Q:
    """Return which delegations stand on a day, their last one included."""
    return Q(valid_from__lte=on, valid_to__gte=on, revoked_at__isnull=True)


def open_guardianships(on: date) -> Q:
    """Return which guardianships stand on a day: a child's ends with the eighteenth birthday (民法典 art. 17)."""
    return Q(state=Guardianship.State.CONFIRMED) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def standing(names: Iterable[str], *, on: date, lock: bool = False) -> set[str]:
    """Return which of the mandates stand on a day; locked ones cannot be revoked before the transaction ends."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for name in names:
        kind, _, key = name.partition(":")
        wanted[kind].add(key)
    found: set[str] = set()
    for kind, keys in wanted.items():
        if kind in _KINDS:
            model, is_open = _KINDS[kind]
            rows = model._default_manager.filter(is_open(on), pk__in=keys).order_by("pk")
            rows = rows.select_for_update(no_key=True) if lock else rows
            found |= {f"{kind}:{pk}" for pk in rows.values_list("pk", flat=True)}
    return found


def shown(name: str) -> Shown | None:
    """Return a mandate in words with its end, None where none was needed."""
    kind, _, key = name.partition(":")
    if kind not in _KINDS:
        return None
    row = _KINDS[kind][0]._default_manager.filter(pk=key).first()
    return _shown(cast("Row", row)) if row is not None else None


def _shown(row: Row) -> Shown:
    if isinstance(row, Guardianship):
        ended = "" if row.state == Guardianship.State.CONFIRMED else "，监护已结束"
        return Shown("监护人", f"监护关系依据：{row.get_document_display()}{ended}")
    role, kind = ("代办人", "代办授权") if isinstance(row, Delegation) else ("经办人", "单位授权")
    if row.revoked_at is not None:
        return Shown(role, f"{kind}已撤回")
    return Shown(role, f"{kind}至 {row.valid_to:%Y-%m-%d}" if row.valid_to else f"{kind}长期有效")


_KINDS = {
    "delegation": (Delegation, open_delegations),
    "guardianship": (Guardianship, open_guardianships),
    "right": (ActingRight, open_rights),
}
