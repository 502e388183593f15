"""Looks by people at work: by duty, by consent, each recorded before anything is handed out, refused ones too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.acting.principals import Principal
from accounts.identifying import UnknownIdentity
from accounts.models import Department, Message, Person, Post, User
from certificates.errors import CaseOrMatterRequired, NotAtWork, ReasonRequired
from certificates.holding import authorising, looking
from certificates.holding.copying import digest
from certificates.holding.grounds import Ground
from certificates.holding.looking import Duty, Looked
from certificates.issuance import lifecycle
from certificates.models import Authorisation, Certificate, CertificateType, UseRecord
from certificates.states import CertificateStatus, UseOutcome
from tests.factories import offices, people
from tests.factories.certificates import AT, MATTER, TODAY, VALUES, card_type, certificate
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db
WHY = "核对是否已经享受同类补贴"
LOOKUP = {"roles": ["officer", "clerk"], "fields": ["name", "card_number"], "basis": "测试条例第一条"}
ROLES = list(Post.Role)


@pytest.fixture(autouse=True)
def kind(db: None) -> CertificateType:
    made = card_type()
    CertificateType.objects.filter(pk=made.pk).update(lookup=LOOKUP, copies={"days": 7})
    return CertificateType.objects.get(pk=made.pk)


@pytest.fixture
def who() -> Principal:
    return people.principal()


def by_duty(user: User, holder: Any, **told: Any) -> Looked:
    asked = {"holder": holder, "slug": "test_card", "at": AT} | told
    duty = asked.pop("duty", WHY)
    why = Duty(duty, ground(user, asked["slug"])) if isinstance(duty, str) else duty
    return looking.by_duty(user, duty=why, **asked)


def ground(user: User, *slugs: str, case: str = "", holders: frozenset[UUID] | None = None) -> Ground:
    return Ground(user.pk, MATTER, frozenset(slugs), case, holders)


def by_consent(user: User, holder: Any, given: Authorisation | None, **told: Any) -> Looked:
    known: dict[str, Any] = {"authorisation_id": given.pk if given else None, "slug": "test_card", "at": AT}
    return looking.by_consent(user, holder=holder, **known | told)


def agreed(who: Principal, **told: Any) -> Authorisation:
    given: dict[str, Any] = {
        "department": offices.department(),
        "purpose": "办理测试贷款",
        "scope": {"test_card": ["name"]},
    }
    return authorising.grant_purpose(who, **{**given, "until": TODAY + timedelta(days=9), "at": AT} | told)


def test_by_duty_hands_out_what_the_type_names_and_says_who_why_and_until_when(who: Principal) -> None:
    held, officer = certificate(who.person), offices.employee("officer")
    looked = by_duty(officer, who.person, duty=Duty(WHY, ground(officer, "test_card", case="LH1")))
    assert looked.copy is not None
    assert looked.copy.values == {"name": VALUES["name"], "card_number": VALUES["card_number"]}
    told = (looked.copy.purpose, looked.copy.body, looked.copy.post, looked.copy.at, looked.copy.until)
    assert told == (WHY, offices.department().name, "审批人员", AT, TODAY + timedelta(days=7))
    use = UseRecord.objects.get()
    assert (use.mode, use.outcome, use.certificate, use.version) == ("statutory", "found", held, 1)
    assert (use.case_reference, use.matter_code, use.purpose) == ("LH1", MATTER, WHY)
    assert (use.actor, use.post, use.body) == (f"user:{officer.pk}", "审批人员", offices.department().name)
    assert use.fields == ["name", "card_number"]
    assert use.digest == digest(looked.copy, held) != held.digest


def test_the_digest_tells_one_copy_from_another(who: Principal) -> None:
    certificate(who.person)
    officer = offices.employee("officer")
    first = by_duty(officer, who.person).record.digest
    again = by_duty(officer, who.person).record.digest
    other = by_duty(officer, who.person, duty="核对另外一件别的事").record.digest
    assert first == again != other


def test_a_ground_serves_for_whom_and_for_which_types_it_is_about_and_to_whom_it_was_given(
    who: Principal, monkeypatch: Any
) -> None:
    certificate(who.person)
    officer, colleague = offices.employee("officer"), offices.employee("officer")
    own, stranger = frozenset({who.person.pk}), frozenset({people.person().pk})
    covering = ground(officer, "test_card", "other", holders=own)
    assert by_duty(officer, who.person, duty=Duty(WHY, covering)).outcome == UseOutcome.FOUND
    monkeypatch.setattr("records.fields.unseal", lambda *_, **__: pytest.fail("a field was opened"))
    for wrong in (
        ground(officer, "test_card", holders=stranger),
        ground(officer, "test_card", holders=frozenset()),
        ground(officer, "other", holders=own),
        ground(officer, holders=own),
        ground(colleague, "test_card", holders=own),
    ):
        looked = by_duty(officer, who.person, duty=Duty(WHY, wrong))
        assert (looked.outcome, looked.record.fields) == (UseOutcome.NOT_ALLOWED, [])
    assert UseRecord.objects.filter(outcome="not_allowed").count() == 5


@pytest.mark.parametrize("role", ROLES)
def test_only_posts_the_type_names_look_by_duty(role: str, who: Principal, monkeypatch: Any) -> None:
    certificate(who.person)
    user = offices.employee(role)
    if role not in LOOKUP["roles"]:
        monkeypatch.setattr("records.fields.unseal", lambda *_, **__: pytest.fail("a field was opened"))
    looked = by_duty(user, who.person)
    assert (looked.copy is not None) == (role in LOOKUP["roles"])
    expected = UseOutcome.FOUND if role in LOOKUP["roles"] else UseOutcome.NOT_ALLOWED
    assert UseRecord.objects.get().outcome == looked.outcome == expected


@pytest.mark.parametrize("lookup", [{}, {"roles": ["officer"], "fields": []}, {"fields": ["name"]}])
def test_a_type_that_names_nobody_is_looked_at_by_nobody(lookup: Any, who: Principal) -> None:
    CertificateType.objects.update(lookup=lookup)
    certificate(who.person)
    assert by_duty(offices.employee("officer"), who.person).outcome == UseOutcome.NOT_ALLOWED


def test_a_type_may_name_bodies(who: Principal) -> None:
    CertificateType.objects.update(lookup=LOOKUP | {"departments": [offices.OTHER]})
    certificate(who.person)
    assert by_duty(offices.employee("officer"), who.person).copy is None
    assert by_duty(offices.employee("officer", code=offices.OTHER), who.person).copy is not None


def test_nobody_looks_at_their_own_or_their_households(who: Principal) -> None:
    certificate(who.person)
    officer = offices.employee("officer")
    Person.objects.filter(pk=who.person.pk).update(user=officer)
    assert by_duty(officer, who.person).outcome == UseOutcome.NOT_ALLOWED
    Person.objects.filter(pk=who.person.pk).update(user=None, household_hash=b"h" * 32)
    spouse = people.person()
    Person.objects.filter(pk=spouse.pk).update(user=officer, household_hash=b"h" * 32)
    assert by_duty(User.objects.get(pk=officer.pk), Person.objects.get(pk=who.person.pk)).copy is None
    Person.objects.filter(pk=spouse.pk).update(household_hash=b"i" * 32)
    assert by_duty(User.objects.get(pk=officer.pk), Person.objects.get(pk=who.person.pk)).copy is not None


def test_a_work_account_beside_a_private_one_looks_at_nothing_of_its_persons(who: Principal) -> None:
    certificate(who.person)
    officer = offices.employee("officer")
    User.objects.filter(pk=officer.pk).update(id_number_hash=who.person.id_number_hash)
    officer = User.objects.get(pk=officer.pk)
    assert by_duty(officer, who.person).outcome == UseOutcome.NOT_ALLOWED
    assert by_consent(officer, who.person, agreed(who)).outcome == UseOutcome.UNAUTHORISED


def test_an_account_that_is_nobodys_does_not_look(who: Principal) -> None:
    certificate(who.person)
    User.objects.filter(pk=offices.employee("officer").pk).update(id_number_hash=None)
    officer = User.objects.get(id_number_hash=None, posts__isnull=False)
    with pytest.raises(UnknownIdentity, match="请联系管理员"):
        by_duty(officer, who.person)
    with pytest.raises(UnknownIdentity):
        by_consent(officer, who.person, agreed(who))
    assert not UseRecord.objects.exists()


@pytest.mark.parametrize(
    "reason", ["", "看看", "看" * 201, "核对 440507 19400315 这个人", "核对陈桂英的情况"]
)
def test_a_reason_is_words_without_a_name(reason: str) -> None:
    holder = people.person(name="陈桂英")
    certificate(holder)
    with pytest.raises(ReasonRequired):
        by_duty(offices.employee("officer"), holder, duty=reason)
    assert not UseRecord.objects.exists()


def test_without_case_or_matter_there_is_no_duty(who: Principal) -> None:
    with pytest.raises(CaseOrMatterRequired):
        by_duty(offices.employee("officer"), who.person, duty=Duty(WHY, None))


def test_without_a_post_of_a_body_nobody_looks(who: Principal) -> None:
    for user in (offices.employee(None), offices.employee("supervisor", code=None)):
        with pytest.raises(NotAtWork):
            by_duty(user, who.person)
        with pytest.raises(NotAtWork):
            by_consent(user, who.person, None)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda _held: None, UseOutcome.FOUND),
        (lambda held: Certificate.objects.filter(pk=held.pk).exists(), UseOutcome.FOUND),
        (
            lambda held: lifecycle.change_status(
                held, CertificateStatus.REVOKED, reason="冒领", actor="system", at=AT
            ),
            UseOutcome.REVOKED,
        ),
    ],
)
def test_what_is_not_valid_is_not_handed_out(change: Any, outcome: UseOutcome, who: Principal) -> None:
    change(certificate(who.person))
    looked = by_duty(offices.employee("officer"), who.person)
    assert (looked.outcome, looked.copy is None) == (outcome, outcome != UseOutcome.FOUND)


def test_expired_absent_several_and_tampered_with(who: Principal) -> None:
    officer = offices.employee("officer")
    assert by_duty(officer, who.person).outcome == UseOutcome.NOT_HELD
    old = people.principal()
    certificate(old.person, valid_until=date(2026, 1, 1))
    assert by_duty(officer, old.person).outcome == UseOutcome.EXPIRED
    held = certificate(who.person)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE certificates_certificate DISABLE TRIGGER USER"
        )
        cursor.execute(
            "UPDATE certificates_certificate SET valid_until = '2030-01-01' WHERE id = %s", [held.pk]
        )
        cursor.execute("ALTER TABLE certificates_certificate ENABLE TRIGGER USER")
    looked = by_duty(officer, who.person)
    assert (looked.outcome, looked.copy) == (UseOutcome.UNREADABLE, None)
    assert [one.digest for one in UseRecord.objects.all()] == ["", "", ""]


def test_of_several_the_number_chooses_one(who: Principal) -> None:
    many = card_type(code="11440507MB2X00012R902", slug="many_cards", exclusive=False)
    CertificateType.objects.filter(pk=many.pk).update(lookup=LOOKUP)
    certificate(who.person, type="many_cards", number="A1")
    certificate(who.person, type="many_cards", number="A2")
    officer = offices.employee("officer")
    assert by_duty(officer, who.person, slug="many_cards").outcome == UseOutcome.AMBIGUOUS
    looked = by_duty(officer, who.person, slug="many_cards", number="A2")
    assert looked.copy is not None
    assert looked.copy.number == "A2"


def test_the_holder_is_told_of_a_look_by_duty_and_not_of_a_refused_one(who: Principal) -> None:
    certificate(who.person)
    by_duty(offices.employee("keeper"), who.person)
    assert not Message.objects.filter(person=who.person, kind="looked_by_duty").exists()
    by_duty(offices.employee("officer"), who.person)
    told = Message.objects.get(person=who.person, kind="looked_by_duty")
    assert WHY in told.body
    assert offices.department().name in told.title


def test_a_law_may_forbid_telling(who: Principal) -> None:
    CertificateType.objects.update(lookup=LOOKUP | {"told": False})
    certificate(who.person)
    assert by_duty(offices.employee("officer"), who.person).copy is not None
    assert not Message.objects.filter(kind="looked_by_duty").exists()


def test_a_consent_opens_its_fields_to_its_body(who: Principal) -> None:
    certificate(who.person)
    given = agreed(who)
    looked = by_consent(offices.employee("clerk"), who.person, given)
    assert looked.copy is not None
    assert looked.copy.values == {"name": VALUES["name"]}
    assert (looked.record.mode, looked.record.authorisation, looked.record.purpose) == (
        "authorised",
        given,
        "办理测试贷款",
    )
    assert Authorisation.objects.get().status == "granted"


def _revoked(who: Principal) -> Authorisation:
    given = agreed(who)
    return authorising.revoke(who, authorisation_id=given.pk, at=AT)


@pytest.mark.parametrize(
    "given",
    [
        lambda _who: None,
        _revoked,
        lambda _who: agreed(people.principal(name="别人")),
        lambda who: agreed(who, department=offices.department(offices.OTHER)),
        lambda who: agreed(who, scope={"other_card": ["name"]}),
    ],
    ids=["none", "revoked", "someone else's", "other body", "other type"],
)
def test_without_a_covering_consent_nothing_is_opened(given: Any, who: Principal, monkeypatch: Any) -> None:
    card_type(code="11440507MB2X00012R903", slug="other_card")
    certificate(who.person)
    consent = given(who)
    clerk = offices.employee("clerk")
    monkeypatch.setattr("records.fields.unseal", lambda *_, **__: pytest.fail("a field was opened"))
    looked = by_consent(clerk, who.person, consent)
    assert (looked.copy, looked.outcome) == (None, UseOutcome.UNAUTHORISED)
    assert UseRecord.objects.get().outcome == UseOutcome.UNAUTHORISED


def test_a_consent_is_its_bodys_whatever_that_is_called(who: Principal) -> None:
    """Two departments of one name, and one that was renamed: the credit code says whose it is."""
    certificate(who.person)
    given, own, other = (
        agreed(who),
        offices.employee("officer"),
        offices.employee("officer", code=offices.OTHER),
    )
    assert given.body_code == offices.OWN
    Department.objects.filter(credit_code=offices.OTHER).update(name=given.body)
    Department.objects.filter(credit_code=offices.OWN).update(name="改名后的局")
    posts = [Post.objects.get(user=user) for user in (own, other)]
    found = [looking.consents_for(post, holder=who.person, slug="test_card", on=TODAY) for post in posts]
    assert [list(rows) for rows in found] == [[given], []]
    assert by_consent(other, who.person, given).outcome == UseOutcome.UNAUTHORISED
    assert by_consent(own, who.person, given).outcome == UseOutcome.FOUND


def test_a_consent_of_a_windows_scan_opens_to_no_post(who: Principal) -> None:
    certificate(who.person)
    told: dict[str, Any] = {"purpose": "办理测试事项", "scope": {"test_card": ["name"]}, "text_version": "1"}
    body = offices.department().name
    given = authorising.grant_at_window(who, body=body, until=TODAY, at=AT, **told)
    assert by_consent(offices.employee("clerk"), who.person, given).outcome == UseOutcome.UNAUTHORISED


def test_a_consent_for_a_case_names_no_post(who: Principal) -> None:
    given = agreed(who)
    given.pk, given.kind, given.case_reference, given.matter_code = uuid4(), "case", "LH1", MATTER
    with pytest.raises(IntegrityError, match="a_consent_for_a_case_opens_to_no_post"), transaction.atomic():
        given.save(force_insert=True)


def test_a_consent_ends_with_its_last_day(who: Principal) -> None:
    certificate(who.person)
    given, clerk = agreed(who), offices.employee("clerk")
    last = AT + timedelta(days=9)
    assert by_consent(clerk, who.person, given, at=last).copy is not None
    assert by_consent(clerk, who.person, given, at=last + timedelta(days=1)).copy is None


def test_one_look_uses_a_single_consent_up(who: Principal) -> None:
    certificate(who.person)
    given, clerk = agreed(who, until=None), offices.employee("clerk")
    assert by_consent(clerk, who.person, given).copy is not None
    used = Authorisation.objects.get()
    assert (used.status, used.ended_at) == ("used", AT)
    assert by_consent(clerk, who.person, given).outcome == UseOutcome.UNAUTHORISED
    assert list(UseRecord.objects.order_by("outcome").values_list("outcome", flat=True)) == [
        "found",
        "unauthorised",
    ]


def test_a_look_that_found_nothing_uses_nothing_up(who: Principal) -> None:
    given = agreed(who, until=None)
    assert by_consent(offices.employee("clerk"), who.person, given).outcome == UseOutcome.NOT_HELD
    assert Authorisation.objects.get().status == "granted"


def test_consents_that_stand_are_offered(who: Principal) -> None:
    lasting, once = agreed(who), agreed(who, until=None)
    _revoked(who)
    agreed(who, department=offices.department(offices.OTHER))
    post = Post.objects.get(user=offices.employee("clerk"))
    found = looking.consents_for(post, holder=who.person, slug="test_card", on=TODAY)
    assert list(found) == [lasting, once]
    assert not looking.consents_for(post, holder=who.person, slug="other", on=TODAY)


def test_holders_are_found_by_their_number() -> None:
    person = people.person()
    shop = people.business(operator=person)
    assert looking.holder_of(f" {person.id_number.lower()} ") == person
    assert looking.holder_of(shop.credit_code) == shop
    assert looking.holder_of("123") is None
    assert looking.holder_of("") is None


@pytest.mark.django_db(transaction=True)
def test_of_two_looks_at_once_one_gets_a_single_consent(who: Principal) -> None:
    certificate(who.person)
    given, clerk = agreed(who, until=None), offices.employee("clerk")
    looked = in_threads(lambda _: by_consent(clerk, who.person, given), threads=2)
    assert sorted(one.outcome for one in looked) == [UseOutcome.FOUND, UseOutcome.UNAUTHORISED]
    assert Authorisation.objects.get().status == "used"


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_that_is_being_made_is_waited_for(who: Principal) -> None:
    certificate(who.person)
    given, clerk = agreed(who), offices.employee("clerk")

    def work(number: int) -> Any:
        if number:
            return by_consent(clerk, who.person, given)
        return authorising.revoke(who, authorisation_id=given.pk, at=AT)

    _, looked = in_threads(work, threads=2)
    found = looked.copy is not None
    assert found == (looked.outcome == UseOutcome.FOUND)
    assert by_consent(clerk, who.person, given).copy is None


@pytest.mark.django_db(transaction=True)
def test_the_record_is_committed_before_anything_is_handed_out(who: Principal) -> None:
    certificate(who.person)
    officer = offices.employee("officer")
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        by_duty(officer, who.person)
    assert not UseRecord.objects.exists()


def test_an_organisations_agent_stands_beside_it() -> None:
    head = people.person()
    firm = Principal(head, people.business(operator=head))
    kind = card_type(code="11440507MB2X00012R904", slug="firm_card", holder_kind="organisation")
    CertificateType.objects.filter(pk=kind.pk).update(lookup=LOOKUP)
    assert firm.organisation is not None
    certificate(firm.organisation, type="firm_card")
    given = agreed(firm, scope={"firm_card": ["name"]})
    looked = by_consent(offices.employee("clerk"), firm.organisation, given, slug="firm_card")
    assert (looked.record.agent, looked.record.holder_organisation) == (head, firm.organisation)


def test_departments_of_tests_are_two() -> None:
    assert {offices.department().name, offices.department(offices.OTHER).name} <= set(
        Department.objects.values_list("name", flat=True)
    )
