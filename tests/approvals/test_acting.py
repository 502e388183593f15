"""Who may see and do what for whom, in drafts and applications: role × matter × right ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import registering
from accounts.acting import agents, delegating, guarding, principals
from accounts.acting.agents import Mandate
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import Guardianship, Message, Person, Post
from approvals import deciding, permissions, selectors
from approvals.applying import drafting, prefilling, submission
from approvals.errors import AlreadyOpen, NoSuchApplication, NoSuchDraft, NotInMandate, WrongApplicant
from approvals.models import Application, Draft
from approvals.states import ApplicationState as S
from certificates.models import Authorisation, UseRecord
from common import clock
from common.errors import DomainError
from records import journal
from records.models import JournalEntry
from tests.factories import district, uploads
from tests.factories.district import ALLOWANCE, BUSINESS, FILING, Citizen
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
LATER = TODAY + timedelta(days=30)


@dataclass
class Family:
    mother: Citizen
    daughter: Citizen

    def delegated(self, *matters: str) -> Principal:
        delegating.give(self.mother.person, agent=self.daughter.person, until=LATER, matters=matters)
        return self.acting

    @property
    def acting(self) -> Principal:
        return principals.principal(self.daughter.person, whom=f"person:{self.mother.person.pk}")

    def revoke(self) -> None:
        given = self.mother.person.delegations_given.get(revoked_at=None)
        delegating.revoke(self.mother.person, delegation_id=given.pk)


@pytest.fixture
def family(city: Standin) -> Family:
    return Family(district.citizen(city), district.citizen(city, name="林佳", born=date(1975, 5, 1)))


def apply(principal: Principal, code: str = ALLOWANCE) -> Application:
    draft = drafting.start(principal, matter=district.matter(code), consent=True)
    return submission.submit(principal, reference=draft.reference, key=draft.reference)


def seen(principal: Principal, reference: str) -> bool:
    """Say whether a case is seen, the same by every way there is to it."""
    try:
        found = selectors.own_application(principal, reference=reference)
    except NoSuchApplication:
        found = None
    listed = selectors.own_applications(principal).filter(reference=reference).exists()
    named = reference in selectors.references_of(principal)
    assert (found is not None) == listed == named
    return listed


def test_a_delegate_files_in_the_mothers_name_and_everything_says_who_did(family: Family) -> None:
    acting = family.delegated()
    application = apply(acting)
    deciding.decide_waiting()
    application.refresh_from_db()
    mother, daughter = family.mother.person, family.daughter.person
    assert (application.person, application.agent, application.mandate) == (mother, daughter, acting.mandate)
    assert application.state == S.GRANTED  # of 86, with her own certificates
    decision = selectors.decision_of(application)
    certificate = selectors.certificate_of(decision)
    assert certificate is not None
    assert certificate.holder_person == mother
    assert Authorisation.objects.get().given_by == daughter
    assert Authorisation.objects.get().holder_person == mother
    looked = UseRecord.objects.filter(purpose="预填")
    assert {one.actor for one in looked} == {f"person:{daughter.pk}"}
    assert set(looked.values_list("holder_person", flat=True)) == {mother.pk}
    filed = JournalEntry.objects.filter(stream=application.stream, act__in=["draft_started", "submitted"])
    assert {one.actor for one in filed} == {f"person:{daughter.pk}"}
    assert {one.details["mandate"] for one in filed} == {acting.mandate}
    told = " ".join(event.text for event in journal.events_of(application.stream))
    assert told.count("（代办人林佳办理）") == 2  # consent and submission
    agent = selectors.agent_of(application)
    assert agent is not None
    assert agent.line == f"代办人：林佳，代办授权至 {LATER:%Y-%m-%d}"


def test_the_form_is_filled_with_the_mothers_data_not_the_daughters(family: Family) -> None:
    draft = drafting.start(family.delegated(), matter=district.matter(), consent=True)
    known = prefilling.known(selectors.own_draft(family.acting, reference=draft.reference), at=NOON)
    assert known["applicant.name"].value == family.mother.person.name
    assert known["applicant.id_number"].value == family.mother.person.id_number
    values = [str(fact.value) for fact in known.values()]
    assert family.daughter.person.id_number not in values
    assert family.daughter.person.mobile not in values


@pytest.mark.parametrize(
    ("matters", "code", "error"),
    [
        ((), ALLOWANCE, None),
        ((), BUSINESS, None),
        ((ALLOWANCE,), ALLOWANCE, None),
        ((ALLOWANCE, BUSINESS), BUSINESS, None),
        ((ALLOWANCE,), BUSINESS, NotInMandate),
        ((), FILING, WrongApplicant),
        ((FILING,), FILING, WrongApplicant),
    ],
)
def test_a_delegate_starts_what_the_mandate_covers(
    family: Family, matters: tuple[str, ...], code: str, error: type[DomainError] | None
) -> None:
    acting = family.delegated(*matters)
    if error is None:
        draft = drafting.start(acting, matter=district.matter(code), consent=True)
        assert (draft.person, draft.agent) == (family.mother.person, family.daughter.person)
        return
    with pytest.raises(error):
        drafting.start(acting, matter=district.matter(code), consent=True)
    assert not Draft.objects.exists()
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize(
    ("matters", "sees_allowance", "sees_shop"),
    [((), True, True), ((ALLOWANCE,), True, False), ((BUSINESS,), False, True), ((FILING,), False, False)],
)
@pytest.mark.parametrize("revoked", [False, True])
def test_a_delegate_sees_the_matters_delegated_and_after_the_end_nothing(
    family: Family, matters: tuple[str, ...], sees_allowance: bool, sees_shop: bool, revoked: bool
) -> None:
    mine = family.mother.principal
    application = apply(mine)
    draft = drafting.start(mine, matter=district.matter(BUSINESS), consent=True)
    acting = family.delegated(*matters)
    assert seen(acting, application.reference) is sees_allowance
    assert (draft.reference in selectors.references_of(acting)) is sees_shop
    if revoked:
        family.revoke()
        with pytest.raises(MayNotAct):
            _ = family.acting
    assert not seen(family.daughter.principal, application.reference)  # never as herself
    assert seen(mine, application.reference)
    assert selectors.own_draft(mine, reference=draft.reference).pk == draft.pk


def test_nothing_is_done_with_a_mandate_that_ended_in_between(family: Family) -> None:
    """The request had found the right; it was revoked before the act: every verb asks again, in its transaction."""
    acting = family.delegated()
    draft = drafting.start(acting, matter=district.matter(), consent=True)
    other = drafting.start(acting, matter=district.matter(BUSINESS), consent=True)
    filed = submission.submit(acting, reference=draft.reference, key="k")
    family.revoke()
    acts = [
        lambda: drafting.start(acting, matter=district.matter(BUSINESS), consent=True),
        lambda: drafting.save(acting, reference=other.reference, answers={"name": "x"}),
        lambda: drafting.discard(acting, reference=other.reference),
        lambda: submission.withdraw(acting, reference=filed.reference),
        lambda: submission.answer_supplement(acting, reference=filed.reference, answers={}),
        lambda: drafting.lock_as_read(acting, other),
    ]
    for act in acts:
        with pytest.raises(MayNotAct), transaction.atomic():
            act()
    kept = Draft.objects.get()
    assert (kept.reference, kept.answers) == (other.reference, other.answers)
    assert Application.objects.get().state == S.SUBMITTED
    drafting.save(
        family.mother.principal, reference=other.reference, answers={"name": "y"}
    )  # hers to go on with


def test_a_guardian_acts_for_a_child_in_everything(city: Standin) -> None:
    mother = district.citizen(city, name="林佳", born=date(1985, 5, 1))
    child = district.citizen(city, name="林小宝", born=date(2015, 3, 3))
    clerk = registering.account("clerk", display_name="柜台", password="a long test password")
    district.known(clerk)
    registering.appoint(clerk, role=Post.Role.CLERK, department=None, on=TODAY)
    uploads.document(mother.person)
    asked = guarding.request(
        mother.person,
        ward=child.person,
        kind=Guardianship.Ward.CHILD,
        document=Guardianship.Document.BIRTH_CERTIFICATE,
        document_number="O440000001",
    )
    with pytest.raises(MayNotAct):
        principals.principal(mother.person, whom=f"person:{child.person.pk}")
    guarding.confirm(clerk, guardianship_id=asked.pk)
    acting = principals.principal(mother.person, whom=f"person:{child.person.pk}")
    application = apply(acting)
    assert (application.person, application.agent) == (child.person, mother.person)
    agent = selectors.agent_of(application)
    assert agent is not None
    assert (agent.role, agent.words) == ("监护人", "监护关系依据：出生医学证明")


@dataclass
class Firm:
    head: Citizen
    first: Citizen
    second: Citizen

    def named(self, agent: Citizen, *matters: str) -> Principal:
        organisation = self.head.organisation
        assert organisation is not None
        agents.authorise(
            self.head.person, organisation=organisation, agent=agent.person, mandate=Mandate(LATER, matters)
        )
        return self.acting(agent)

    def acting(self, agent: Citizen) -> Principal:
        return principals.principal(agent.person, whom=self.head.business.whom)


@pytest.fixture
def firm(city: Standin) -> Firm:
    return Firm(
        district.business(city),
        district.citizen(city, name="黄小玲", born=date(1986, 1, 1)),
        district.citizen(city, name="吴伟明", born=date(1986, 1, 1)),
    )


def test_two_agents_of_one_organisation_share_one_draft_and_one_case(firm: Firm) -> None:
    first, second = firm.named(firm.first), firm.named(firm.second, FILING)
    draft = drafting.start(first, matter=district.matter(FILING), consent=True)
    drafting.save(
        first, reference=draft.reference, answers={"way": "shop", "food": "dry", "commitment": True}
    )
    taken_up = drafting.start(second, matter=district.matter(FILING), consent=True)
    assert (taken_up.pk, taken_up.person) == (draft.pk, firm.second.person)
    assert selectors.own_draft(firm.head.business, reference=draft.reference).pk == draft.pk
    filed = Application.objects.create(
        reference=draft.reference,
        matter=draft.matter,
        edition=draft.edition,
        person=firm.second.person,
        organisation=firm.head.organisation,
        mandate=second.mandate,
        authorisation=taken_up.authorisation,
        answers={},
        idempotency_key="k",
        submitted_at=NOON,
        waiting_since=NOON,
    )
    for principal in (first, second, firm.head.business):
        assert seen(principal, filed.reference)
        with pytest.raises(AlreadyOpen):
            drafting.start(principal, matter=district.matter(FILING), consent=True)
    with pytest.raises(IntegrityError, match="one_open_application_an_organisation"), transaction.atomic():
        Application.objects.create(
            reference="44050720261120999999",
            matter=draft.matter,
            edition=draft.edition,
            person=firm.first.person,
            organisation=firm.head.organisation,
            authorisation=taken_up.authorisation,
            answers={},
            idempotency_key="other",
            submitted_at=NOON,
            waiting_since=NOON,
        )


@pytest.mark.parametrize(
    ("who", "matters", "allowed"),
    [
        ("head", (), True),
        ("agent", (), True),
        ("agent", (FILING,), True),
        ("agent", (ALLOWANCE,), False),
        ("stranger", (), False),
        ("other head", (), False),
    ],
)
def test_an_organisations_case_belongs_to_the_organisation(
    firm: Firm, city: Standin, who: str, matters: tuple[str, ...], allowed: bool
) -> None:
    by_first = firm.named(firm.first)
    draft = drafting.start(by_first, matter=district.matter(FILING), consent=True)
    match who:
        case "head":
            principal = firm.acting(firm.head)
        case "agent":
            principal = firm.named(firm.second, *matters)
        case "stranger":
            principal = firm.second.principal
        case _:
            principal = district.business(city).business
    if allowed:
        assert selectors.own_draft(principal, reference=draft.reference).pk == draft.pk
        return
    with pytest.raises(NoSuchDraft):
        selectors.own_draft(principal, reference=draft.reference)
    assert selectors.references_of(principal) == []


def test_an_agent_is_not_passed_off_as_the_operator(firm: Firm) -> None:
    """The fact says what the law asks: whether the operator acts. An agent acts by mandate."""
    for principal, expected in ((firm.head.business, True), (firm.named(firm.first), False)):
        draft = drafting.start(principal, matter=district.matter(FILING), consent=True)
        known = prefilling.known(selectors.own_draft(principal, reference=draft.reference), at=NOON)
        assert known["applicant.person_is_operator"].value is expected
        assert known["applicant.person_name"].value == principal.person.name
        assert known["applicant.name"].value == firm.head.business.name


@pytest.mark.parametrize("part", ["applicant", "agent", "nobody"])
def test_nobody_decides_a_case_they_applied_or_acted_in(family: Family, part: str) -> None:
    application = apply(family.delegated())
    Application.objects.update(state=S.IN_REVIEW)
    application.refresh_from_db()
    user = {"applicant": family.mother.user, "agent": family.daughter.user}.get(part)
    officer = district.officer(user=user)
    assert permissions.may_decide(officer, application) is (part == "nobody")
    assert selectors.queue_for(officer).exists() is (part == "nobody")


def test_the_database_wants_another_agent_and_a_mandate(family: Family) -> None:
    application = apply(family.delegated())
    for wrong in ({"agent": application.person}, {"mandate": ""}):
        with pytest.raises(IntegrityError, match="agent_is_another_with_a_mandate"), transaction.atomic():
            Application.objects.filter(pk=application.pk).update(**wrong)


def test_what_was_told_of_a_case_is_closed_with_it(family: Family) -> None:
    application = apply(family.delegated(ALLOWANCE))
    daughter: Person = family.daughter.person
    assert selectors.closed_to(daughter, on=TODAY) == []
    assert selectors.closed_to(daughter, on=LATER + timedelta(days=1)) == [application.reference]
    family.revoke()
    assert selectors.closed_to(daughter, on=TODAY) == [application.reference]
    assert selectors.closed_to(family.mother.person, on=TODAY) == []


def test_ones_own_act_costs_no_statement_for_mandates(family: Family) -> None:
    """The hot path: whoever acts for themselves is asked for no mandate."""
    asked: list[str] = []

    def watch(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        apply(family.mother.principal)
        deciding.decide_waiting()
    assert not [sql for sql in asked if "delegation" in sql or "guardianship" in sql or "actingright" in sql]


def test_each_is_told_once(family: Family) -> None:
    application = apply(family.delegated())
    deciding.decide_waiting()
    told = Message.objects.filter(case_reference=application.reference, kind="granted")
    assert sorted(told.values_list("person", flat=True)) == sorted(
        [family.mother.person.pk, family.daughter.person.pk]
    )
    assert clock.today() == TODAY


def test_after_the_end_the_agent_is_told_nothing(family: Family) -> None:
    application = apply(family.delegated())
    family.revoke()
    deciding.decide_waiting()
    told = Message.objects.filter(case_reference=application.reference)
    assert set(told.values_list("person", flat=True)) == {family.mother.person.pk}
