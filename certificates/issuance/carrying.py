"""What a certificate issued by hand must carry: the fields of its card, and of its holder only what is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import Organisation, Person
from certificates import schemas
from certificates.errors import InvalidFields
from common.identifiers import resident_id
from rules.language.vocabulary import FactSpec

NUMBER = "number"  # the field that repeats the certificate's own number
_OF_PEOPLE = frozenset({"name", "id_number", "birth_date", "sex"})
_OF_BODIES = frozenset({"name", "credit_code"})
Specs = Mapping[str, FactSpec]


def repeated(kind: str) -> frozenset[str]:
    """Return the fields that repeat the holder, for a type's kind of holder."""
    return {"person": _OF_PEOPLE, "organisation": _OF_BODIES}.get(kind, frozenset({"name"}))


def of_holder(holder: Person | Organisation, *, specs: Specs) -> dict[str, Any]:
    """Return what the fields that repeat the holder say, as it is registered."""
    if isinstance(holder, Organisation):
        told: dict[str, Any] = {"name": holder.name, "credit_code": holder.credit_code}
    else:
        number = resident_id(holder.id_number)
        told = {
            "name": holder.name,
            "id_number": holder.id_number,
            "birth_date": number.birth_date.isoformat(),
            "sex": number.sex,
        }
    return {name: value for name, value in told.items() if name in specs}


def whole(values: Mapping[str, Any], *, holder: Person | Organisation, specs: Specs) -> dict[str, Any]:
    """Return the fields of a new certificate, the holder's filled in; raises InvalidFields, the number aside."""
    own = of_holder(holder, specs=specs)
    refuse_another(values, own=own, specs=specs)
    given = dict(values) | own
    empty = [name for name in specs if given.get(name) in (None, "") and name in schemas.required(specs)]
    if faults := {name: f"请填写“{specs[name].label}”" for name in empty if name != NUMBER}:
        raise InvalidFields(faults)
    return given


def refuse_another(values: Mapping[str, Any], *, own: Mapping[str, Any], specs: Specs) -> None:
    """Raise InvalidFields where a value says of the holder what is not registered."""
    other = [name for name, value in values.items() if name in own and value not in (None, "", own[name])]
    if other:
        words = "“{}”和持证人登记的不一致，请核对号码；登记有误的，先更正登记"
        raise InvalidFields({name: words.format(specs[name].label) for name in other})
