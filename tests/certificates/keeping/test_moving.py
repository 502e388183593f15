"""A keeper's moves: only those the law knows, only of their own department, never alone to the end."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import registering
from accounts.identifying import UnknownIdentity
from accounts.models import Message, Post, User
from certificates.errors import (
    AlreadyProposed,
    InvalidMove,
    MoveReasonRequired,
    NotSettledByYou,
    NotYourStore,
    OwnCertificate,
    Settled,
    WordsOfEnding,
)
from certificates.issuance import issuing
from certificates.keeping import moving
from certificates.keeping.moving import Decision
from certificates.models import Certificate, EndingProposal
from certificates.states import ENDED, TRANSITIONS, CertificateStatus, EndingStatus
from common.errors import DomainError
from records.models import JournalEntry
from tests.certificates.keeping.conftest import Store
from tests.factories import people
from tests.factories.certificates import AT, ISSUER, certificate, wanted

pytestmark = pytest.mark.django_db
WHY = "发现材料不实，依法处理"


def decision(to: CertificateStatus = CertificateStatus.REVOKED, **changes: str) -> Decision:
    told = {"reason": WHY, "document": "龙民撤字〔2026〕12 号", "basis": "《行政许可法》第六十九条"}
    return Decision(to, **{**told, **changes})


def put(store: Store, status: CertificateStatus) -> None:
    told = {"status": status, "status_reason": "依法", "status_changed_at": AT}
    if status != CertificateStatus.VALID:
        Certificate.objects.filter(pk=store.card.pk).update(**told)


def status(store: Store) -> str:
    return Certificate.objects.get(pk=store.card.pk).status


def ask(store: Store, to: CertificateStatus) -> None:
    """Make the move as keepers can: superseding has no verb of theirs."""
    card = store.card.pk
    match to:
        case CertificateStatus.SUSPENDED:
            moving.suspend(store.keeper, certificate_id=card, reason=WHY, at=AT)
        case CertificateStatus.VALID:
            moving.resume(store.keeper, certificate_id=card, reason=WHY, at=AT)
        case _:
            found = moving.propose(store.keeper, certificate_id=card, decision=decision(to), at=AT)
            moving.confirm(store.second, proposal_id=found.pk, at=AT)


@pytest.mark.parametrize(("was", "to"), list(itertools.product(CertificateStatus, CertificateStatus)))
def test_every_pair_of_states(store: Store, was: CertificateStatus, to: CertificateStatus) -> None:
    put(store, was)
    if to in TRANSITIONS[was] and to != CertificateStatus.SUPERSEDED:
        ask(store, to)
        assert status(store) == to
    else:
        with pytest.raises(InvalidMove):
            ask(store, to)
        assert status(store) == was
        assert not EndingProposal.objects.exists()


@pytest.mark.parametrize("to", sorted(ENDED))
def test_an_ending_takes_two_and_keeps_why_by_what_and_by_whom(store: Store, to: CertificateStatus) -> None:
    found = moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(to), at=AT)
    assert status(store) == CertificateStatus.VALID
    with pytest.raises(NotSettledByYou):
        moving.confirm(store.keeper, proposal_id=found.pk, at=AT)
    assert status(store) == CertificateStatus.VALID
    ended = moving.confirm(store.second, proposal_id=found.pk, at=AT)
    assert (ended.status, ended.status_reason, ended.ended_by) == (to, WHY, "document:龙民撤字〔2026〕12 号")
    found.refresh_from_db()
    assert (found.status, found.settled_by) == (EndingStatus.CONFIRMED, store.second)
    acts = JournalEntry.objects.filter(stream=f"certificate:{store.card.pk}").order_by("sequence")
    assert list(acts.values_list("act", "actor"))[1:] == [
        ("certificate_ending_proposed", f"user:{store.keeper.pk}"),
        ("certificate_ending_confirmed", f"user:{store.second.pk}"),
        ("certificate_status_changed", f"user:{store.second.pk}"),
    ]
    letter = Message.objects.get(person=store.card.holder_person)
    assert WHY in letter.body


def test_the_database_lets_nobody_confirm_what_they_proposed(store: Store) -> None:
    found = moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(), at=AT)
    rows = EndingProposal.objects.filter(pk=found.pk)
    alone = {"status": EndingStatus.CONFIRMED, "settled_at": AT, "settled_by": store.keeper}
    with pytest.raises(IntegrityError, match="ended_by_nobody_who_proposed_it"), transaction.atomic():
        rows.update(**alone)
    for change in ({"to": "cancelled"}, {"reason": "别的"}, {"proposed_by": store.second}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="never removed"), transaction.atomic():
        rows._raw_delete(rows.db)


def test_a_proposal_is_settled_once(store: Store) -> None:
    found = moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(), at=AT)
    with pytest.raises(AlreadyProposed):
        moving.propose(store.second, certificate_id=store.card.pk, decision=decision(), at=AT)
    moving.drop(store.keeper, proposal_id=found.pk, at=AT)
    for settle in (moving.confirm, moving.drop):
        with pytest.raises(Settled):
            settle(store.second, proposal_id=found.pk, at=AT)
    again = moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(), at=AT)
    moving.confirm(store.second, proposal_id=again.pk, at=AT)
    assert status(store) == CertificateStatus.REVOKED


def test_what_ended_meanwhile_is_not_ended_again(store: Store) -> None:
    found = moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(), at=AT)
    put(store, CertificateStatus.CANCELLED)
    with pytest.raises(InvalidMove):
        moving.confirm(store.second, proposal_id=found.pk, at=AT)
    assert EndingProposal.objects.get().status == EndingStatus.OPEN


def refused(store: Store, user: Any, error: type[DomainError]) -> None:
    found = EndingProposal.objects.filter(certificate=store.card).first() or moving.propose(
        store.keeper, certificate_id=store.card.pk, decision=decision(), at=AT
    )
    for act in (moving.suspend, moving.resume):
        with pytest.raises(error):
            act(user, certificate_id=store.card.pk, reason=WHY, at=AT)
    with pytest.raises(error):
        moving.propose(user, certificate_id=store.card.pk, decision=decision(), at=AT)
    for settle in (moving.confirm, moving.drop):
        with pytest.raises(error):
            settle(user, proposal_id=found.pk, at=AT)
    assert status(store) == CertificateStatus.VALID


def test_another_departments_keeper_finds_nothing(store: Store) -> None:
    refused(store, store.stranger, NotYourStore)


@pytest.mark.parametrize("role", [role for role in Post.Role if role != Post.Role.KEEPER])
def test_no_other_post_moves_a_certificate(store: Store, role: Post.Role) -> None:
    Post.objects.filter(user=store.second).update(role=role)
    refused(store, store.second, NotYourStore)


def test_nobody_moves_their_own(store: Store) -> None:
    holder = store.card.holder_person
    assert holder is not None
    own = registering.account("own", display_name="陈桂英", password="a long test password")
    holder.user = own
    holder.save(update_fields=["user"])
    post = Post.objects.get(user=store.keeper)
    registering.appoint(own, role=Post.Role.KEEPER, department=post.department, on=date(2020, 1, 1))
    refused(store, own, OwnCertificate)


def test_nobody_moves_their_own_by_a_work_account_either_nor_by_an_account_that_is_nobodys(
    store: Store,
) -> None:
    holder = store.card.holder_person
    assert holder is not None
    for digest, error in ((bytes(holder.id_number_hash), OwnCertificate), (None, UnknownIdentity)):
        User.objects.filter(pk=store.keeper.pk).update(id_number_hash=digest)
        refused(store, User.objects.get(pk=store.keeper.pk), error)


def test_two_accounts_of_one_person_are_not_two_keepers(store: Store) -> None:
    found = moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(), at=AT)
    User.objects.filter(pk=store.second.pk).update(
        id_number_hash=User.objects.get(pk=store.keeper.pk).id_number_hash
    )
    with pytest.raises(NotSettledByYou):
        moving.confirm(User.objects.get(pk=store.second.pk), proposal_id=found.pk, at=AT)
    assert status(store) == CertificateStatus.VALID


@pytest.mark.parametrize("reason", ["", "  ", "短", "身份证 440507194003089980 的人", "长" * 201])
def test_a_reason_is_said_and_names_nobody(store: Store, reason: str) -> None:
    with pytest.raises(MoveReasonRequired):
        moving.suspend(store.keeper, certificate_id=store.card.pk, reason=reason, at=AT)
    with pytest.raises(MoveReasonRequired):
        moving.propose(store.keeper, certificate_id=store.card.pk, decision=decision(reason=reason), at=AT)


@pytest.mark.parametrize(
    "lacking", [{"document": " "}, {"basis": ""}, {"document": "号" * 61}, {"basis": "法" * 121}]
)
def test_an_ending_names_its_decision_and_the_law(store: Store, lacking: dict[str, str]) -> None:
    with pytest.raises(WordsOfEnding):
        moving.propose(
            store.keeper,
            certificate_id=store.card.pk,
            decision=decision(CertificateStatus.REVOKED, **lacking),
            at=AT,
        )


def test_an_expired_one_never_blocks_a_new_one(store: Store) -> None:
    person = people.person()
    old = certificate(person, valid_until=date(2021, 1, 1))
    new = issuing.issue(wanted(person, issuer_code=ISSUER), at=AT)
    old.refresh_from_db()
    assert (old.status, new.status) == (CertificateStatus.SUPERSEDED, CertificateStatus.VALID)
