"""The lives as facts, from their data alone: an admin tries a draft with them, and no certificate is read for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from certificates.states import CertificateStatus
from matters.editions import Compiled
from matters.forms.answers import form_facts
from matters.writing import trials
from portal.demo.district import registers
from portal.demo.district.lives import District, Holding, district
from portal.demo.district.residents import Resident, filled, residents
from registers.models import Register
from rules import UnknownReason

Raw = dict[str, Any]
FACE = 3


class Lives:
    """The named people of the demo."""

    def names(self, compiled: Compiled) -> list[tuple[str, str]]:
        """Return who a matter is for; who is there to show it comes first; no shop owners for people."""
        whole, shop = district(), _is_for_bodies(compiled)
        key = _key(whole, compiled)
        fitting = [life for life in whole.lives if (life.business if shop else not life.business)]
        lives = [life for life in whole.lives if key in life.tries and (life.business or not shop)]
        lives += [life for life in fitting if key not in life.tries]
        return [(life.username, f"{life.name}：{life.title}") for life in lives]

    def facts(self, key: str, *, compiled: Compiled, on: date) -> Raw | None:
        """Return what a matter would read of a life on a day, had everything just been issued."""
        whole, everybody = district(), residents(district())
        one = next((one for one in everybody if one.life and one.life.username == key), None)
        if one is None or one.life is None or (_is_for_bodies(compiled) and one.business is None):
            return None
        raw = _applicant(one, compiled) | dict(_certificates(one, compiled, on=on))
        raw |= {"own.open_applications": 0, "own.granted": 0, "own.same_name": 0}
        answers = _answers(one, whole, compiled, on=on)
        known = trials.typed(compiled, raw)
        raw |= trials.raw_of(form_facts(compiled, answers, facts=known, on=on))
        return raw | dict(_registers(whole, everybody, compiled, raw, on=on))


def _is_for_bodies(compiled: Compiled) -> bool:
    return compiled.package.applicant == "organisation"


def _key(whole: District, compiled: Compiled) -> str:
    code = compiled.package.code
    return next((name for name, matter in whole.matters.items() if matter.code == code), "")


def _applicant(one: Resident, compiled: Compiled) -> Raw:
    values: Raw = {
        "name": one.name,
        "id_number": one.id_number,
        "birth_date": one.born.isoformat(),
        "sex": "female" if one.female else "male",
        "kind": "person",
        "mobile": one.mobile,
        "real_name_level": FACE,
    }
    if _is_for_bodies(compiled) and one.business is not None:
        values = {
            "name": one.business.name,
            "credit_code": one.business.credit_code,
            "kind": str(one.business.kind),
            "person_name": one.name,
            "person_id_number": one.id_number,
            "person_is_operator": True,
            "mobile": one.mobile,
        }
    return {f"applicant.{name}": value for name, value in values.items()}


def _certificates(one: Resident, compiled: Compiled, *, on: date) -> Iterator[tuple[str, Any]]:
    holdings = one.business_certificates if _is_for_bodies(compiled) else one.certificates
    consents = one.life is None or one.life.consent
    for slug, fields in compiled.certificates.items():
        held, reason = _held(holdings.get(slug), on)
        yield f"cert.{slug}.held", {"unknown": reason} if held is None else held
        reason = reason or (None if consents else UnknownReason.UNAUTHORISED)
        values = filled(holdings[slug].fields, one.words(today=on)) if reason is None else {}
        for field in fields:
            yield f"cert.{slug}.{field}", {"unknown": reason} if reason else values.get(field)


def _held(holding: Holding | None, on: date) -> tuple[bool | None, UnknownReason | None]:
    """Return whether it counts as held (None: suspended, neither yes nor no), and why it cannot be read."""
    if holding is None:
        return False, UnknownReason.NOT_HELD
    if holding.ended is not None:
        suspended = holding.ended.status == CertificateStatus.SUSPENDED
        return None if suspended else False, UnknownReason.REVOKED
    if holding.until_days is not None and on + timedelta(days=holding.until_days) < on:
        return False, UnknownReason.EXPIRED
    return True, None


def _registers(
    whole: District, everybody: Sequence[Resident], compiled: Compiled, raw: Raw, *, on: date
) -> Iterator[tuple[str, Any]]:
    """Look up in the stand-in's book what the matter would ask each register."""
    known = {register.name: register for register in Register.objects.order_by("name")}
    for use in compiled.registers:
        register, pages = known[use.register_], whole.registers.get(use.register_)
        asked = {parameter: raw.get(fact) for parameter, fact in use.key.items()}
        book = registers.records(use.register_, pages, everybody, today=on) if pages else ()
        found = next((values for key, values in book if key == asked), None)
        said = register.no_hit if found is None else found
        yield f"register.{register.name}.found", found is not None
        for field in register.fields:
            yield f"register.{register.name}.{field}", said.get(field, {"unknown": UnknownReason.NOT_HELD})


def _answers(one: Resident, whole: District, compiled: Compiled, *, on: date) -> Raw:
    key = _key(whole, compiled)
    usual = whole.matters[key].answers if key else {}
    own = one.life.answers.get(key, {}) if one.life else {}
    defaults = {q.name: q.default for q in compiled.package.questions if q.default is not None}
    answers: Raw = defaults | filled({**usual, **own}, one.words(today=on))
    return answers
