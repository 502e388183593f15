"""Loading the demo district through the product's own verbs and importers; again and again with the same end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts import actors, identifying, registering
from accounts.models import Department, Hall, Organisation, Person, User
from certificates.issuance import issuing, lifecycle, terms
from certificates.issuance.issuing import Issue
from certificates.models import Certificate, CertificateType, EndingProposal
from certificates.states import ENDED, CertificateStatus, EndingStatus
from certificates.types import load_types
from common import clock
from common.errors import DomainError
from matters.importing import import_packages
from portal.demo import codes, shifted
from portal.demo.district import mandating, people, registers, sealing
from portal.demo.district.lives import Appointment, Colleague, District, Holding, Life, district
from portal.demo.district.residents import Resident, filled, residents
from portal.demo.models import DemoMark
from records.hashing import HashKind, keyed
from registers.defining import load_registers

DEPARTMENTS = Path(__file__).with_name("departments.json")
HALLS = Path(__file__).with_name("halls.json")
DOCUMENT, BASIS = "演示字〔2026〕1 号", "《行政许可法》第七十条"
REGISTER_FILE = settings.VAR_DIR / "demo" / "registers.json"


class HoldsRealPeople(DomainError):
    """A database with people who are not invented must never become a demo's."""

    message = "这个数据库里有不是演示数据的人，不能装入演示数据，也不能标记为演示数据库。"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one run entered anew."""

    people: int
    businesses: int
    certificates: int
    matters: int


@dataclass(frozen=True, slots=True)
class _Held:
    """One certificate to be issued, and how it ends."""

    holding: Holding
    issue: Issue


def load(*, register_file: Path = REGISTER_FILE) -> Loaded:
    """Mark the database, bring everything the demo needs into it, and write the stand-in's records."""
    at = clock.now()
    with transaction.atomic():
        mark(at=at)
        _found()
    report = import_packages(settings.DATA_DIR / "matters", by=actors.SYSTEM, at=at)
    everybody = residents(district())
    with transaction.atomic():
        entered = _enter(everybody, district(), at=at)
    registers.write(register_file, everybody, district(), today=clock.today())
    return Loaded(*entered, matters=len(report.published))


@transaction.atomic
def mark(*, at: datetime, anew: bool = False) -> None:
    """Mark this database as a demo's; `anew` forgets the old mark and its clock. Raises HoldsRealPeople."""
    if Person.objects.filter(is_demo=False).exists() or Organisation.objects.filter(is_demo=False).exists():
        raise HoldsRealPeople
    if anew:
        DemoMark.objects.all().delete()
        transaction.on_commit(lambda: shifted.tell(0))
    DemoMark.objects.get_or_create(pk=1, defaults={"marked_at": at})


def _found() -> None:
    """Bring in what everything else stands on."""
    registering.regions()
    for told in json.loads(DEPARTMENTS.read_text(encoding="utf-8")):
        registering.department(told, is_demo=True)
    for told in json.loads(HALLS.read_text(encoding="utf-8")):
        registering.hall(told, is_demo=True)
    load_types(sorted((settings.DATA_DIR / "types").glob("*.json")))
    load_registers(sorted((settings.DATA_DIR / "registers").glob("*.json")))


def _enter(everybody: Sequence[Resident], whole: District, *, at: datetime) -> tuple[int, int, int]:
    """Enter who is new, with all they hold; return how many people, businesses and certificates."""
    today = clock.day_of(at)
    users = _accounts(whole, today=today)
    sealing.give(users[whole.staff[0].username])
    new = [one for one in everybody if _is_new(one)]
    holders = [(one, *_person(one, users, today=today)) for one in new]
    types = {kind.slug: kind for kind in CertificateType.objects.all()}
    issuers = _issuers(types)
    held = [
        each
        for one, person, business in holders
        for each in _held(one, person, business, types=types, issuers=issuers, today=today)
    ]
    certificates = issuing.issue_many([each.issue for each in held], at=at)
    deciders = [users[one.username] for one in whole.staff[:2]]
    for each, certificate in zip(held, certificates, strict=True):
        _end(each.holding, certificate, by=deciders, at=at)
    mandating.give(whole, users, today=today)
    return len(new), sum(business is not None for _, _, business in holders), len(certificates)


def _accounts(whole: District, *, today: date) -> dict[str, User]:
    """Create the accounts that are missing, give the posts, and return all accounts by user name."""
    everybody: list[Life | Colleague] = [*whole.lives, *whole.staff]
    names = {one.username: one.name for one in everybody}
    known = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = {username: name for username, name in names.items() if username not in known}
    if missing:
        known |= {user.username: user for user in registering.accounts(missing, password=whole.password)}
    for colleague in whole.staff:
        identifying.link(known[colleague.username], number=people.staff_number(colleague.username))
    for one in everybody:
        if one.post is not None:
            _post(known[one.username], one.post, today)
            codes.hand_out(known[one.username])
    return known


def _is_new(one: Resident) -> bool:
    number_hash = keyed(HashKind.RESIDENT_ID, one.id_number)
    return not Person.objects.filter(id_number_hash=number_hash).exists()


def _person(one: Resident, users: Mapping[str, User], *, today: date) -> tuple[Person, Organisation | None]:
    user = users[one.life.username] if one.life else None
    person = registering.person(one.entry, user=user)
    if one.business is None:
        return person, None
    organisation = registering.organisation(
        code=one.business.credit_code,
        name=one.business.name,
        kind=one.business.kind,
        operator=person,
        on=today - timedelta(days=365),
        is_demo=True,
    )
    return person, organisation


def _post(user: User, post: Appointment, today: date) -> None:
    department = Department.objects.get(credit_code=post.department) if post.department else None
    hall = Hall.objects.get(code=post.hall) if post.hall else None
    registering.appoint(user, role=post.role, department=department, hall=hall, on=today)


def _held(
    one: Resident,
    person: Person,
    business: Organisation | None,
    *,
    types: Mapping[str, CertificateType],
    issuers: Mapping[str, tuple[str, str]],
    today: date,
) -> Iterator[_Held]:
    words = one.words(today=today)
    holders = [(person, one.certificates), (business, one.business_certificates)]
    for holder, certificates in holders:
        for slug, holding in certificates.items():
            assert holder is not None
            yield _Held(
                holding,
                Issue(
                    type=types[slug],
                    holder=holder,
                    values=filled(holding.fields, words),
                    issued_on=today + timedelta(days=holding.from_days),
                    valid_from=today + timedelta(days=holding.from_days),
                    valid_until=_until(holding, today),
                    number=holding.number,
                    issuer_code=issuers[slug][0],
                    issuer_name=issuers[slug][1],
                    is_demo=True,
                ),
            )


def _issuers(types: Mapping[str, CertificateType]) -> dict[str, tuple[str, str]]:
    """Return code and name of who issues each type: the first it names, else who defined it."""
    names = dict(Department.objects.values_list("credit_code", "name"))
    found: dict[str, tuple[str, str]] = {}
    for slug, kind in types.items():
        code = terms.issuers_of(kind)[0]
        found[slug] = code, names.get(code, kind.definer_name)
    return found


def _until(holding: Holding, today: date) -> date | None:
    return None if holding.until_days is None else today + timedelta(days=holding.until_days)


def _end(holding: Holding, certificate: Certificate, *, by: Sequence[User], at: datetime) -> None:
    """End what a story says has ended: two of the staff decided so, as the database wants it."""
    if holding.ended is None:
        return
    to, reason, document = CertificateStatus(holding.ended.status), holding.ended.reason, ""
    if to in ENDED:
        document = f"document:{DOCUMENT}"
        told = {"document": DOCUMENT, "basis": BASIS, "reason": reason, "to": to}
        proposed = EndingProposal.objects.create(
            certificate=certificate, proposed_by=by[0], proposed_at=at, **told
        )
        EndingProposal.objects.filter(pk=proposed.pk).update(
            status=EndingStatus.CONFIRMED, settled_by=by[1], settled_at=at
        )
    lifecycle.change_status(certificate, to, reason=reason, actor=actors.SYSTEM, at=at, ended_by=document)
