"""Whether values are what the fields of a type say.

Nearly all are seen to be at a glance; the others are looked at closely, which says what is wrong, or finds a right
value that is written in an unusual way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from certificates import schemas
from certificates.errors import InvalidFields
from certificates.stocking.files import columns
from certificates.stocking.files.columns import BadCell
from rules.language.vocabulary import FactSpec, FactType

LARGEST = 2**53 - 1  # integers beyond have no canonical JSON (RFC 8785)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_AMOUNT = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
Look = Callable[[Any], bool]


def require(values: dict[str, Any], *, specs: Mapping[str, FactSpec], looks: Mapping[str, Look]) -> None:
    """Refuse values that do not fit, and write days as they are kept. Raises BadCell."""
    for name, value in values.items():
        if name not in looks or not looks[name](value):
            closely(values, specs=specs)
            return


def closely(values: dict[str, Any], *, specs: Mapping[str, FactSpec]) -> None:
    """Do what `require` does, without a quick look before."""
    try:
        schemas.check(values, specs=specs)
    except InvalidFields as error:
        raise BadCell("；".join(error.fields.values())) from error
    for name, value in values.items():
        spec = specs[name]
        if spec.type is FactType.DATE:
            values[name] = columns.day(value)
        elif spec.type is FactType.LIST:
            _check_list(value, spec)
        if isinstance(value, str) and _CONTROL.search(value):
            raise BadCell(f"“{spec.label}”里有不能保存的字符")
        if isinstance(value, int) and abs(value) > LARGEST:
            raise BadCell(f"“{spec.label}”的数字太大")


def _check_list(entries: list[dict[str, Any]], spec: FactSpec) -> None:
    """Refuse what the schema does not look at: further names in an entry, characters that cannot be kept."""
    for entry in entries:
        if entry.keys() - (spec.fields or {}).keys():
            raise BadCell(f"“{spec.label}”里有这类证照没有的项")
        for value in entry.values():
            if isinstance(value, str) and _CONTROL.search(value):
                raise BadCell(f"“{spec.label}”里有不能保存的字符")
            if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST):
                raise BadCell(f"“{spec.label}”里有不能保存的数字")


def look(spec: FactSpec) -> Look:
    """Return the quick look at a field's value: whether it plainly fits. "No" means: look closely."""
    if spec.type is FactType.CODE and spec.codes is not None:
        codes = frozenset(spec.codes)
        return lambda value: isinstance(value, str) and value in codes
    return _LOOKS.get(spec.type, lambda _: False)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and _CONTROL.search(value) is None


def _is_whole(value: Any) -> bool:
    return type(value) is int and -LARGEST <= value <= LARGEST


def _is_amount(value: Any) -> bool:
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and columns.day(value) == value
    except BadCell:
        return False


def _is_yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


_LOOKS: dict[FactType, Look] = {
    FactType.TEXT: _is_text,
    FactType.DIVISION: _is_text,
    FactType.INTEGER: _is_whole,
    FactType.MONEY: _is_amount,
    FactType.DATE: _is_day,
    FactType.BOOLEAN: _is_yes_or_no,
}
