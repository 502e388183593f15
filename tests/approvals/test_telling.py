"""Every act of the thread × exactly one message for the applicant, or none where the page or the next act tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest

from accounts.acting import delegating, principals
from accounts.models import Delivery, Message, User
from approvals import deciding, reviewing, telling
from approvals.applying import drafting, submission
from approvals.deciding import sweeping
from approvals.models import Application, SupplementNotice
from approvals.reviewing import Defect
from approvals.states import ApplicationState as S
from certificates.holding import authorising
from certificates.issuance import lifecycle
from certificates.states import CertificateStatus
from common import clock
from evaluations import rating
from evaluations.rating import Given
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
REASON = "已向公安核对户籍，符合发放条件。"
DEFECT = Defect("联系电话", "号码打不通。", ("form.mobile",))


class Thread:
    """One case and everybody around it; each step is taken with the product's verbs."""

    def __init__(self, city: Standin) -> None:
        self.city = city
        self.chen = district.citizen(city)
        self.officer: User = district.officer()
        self.reference = ""

    @property
    def case(self) -> Application:
        return Application.objects.select_related("person").get(reference=self.reference)

    def draft(self) -> None:
        draft = drafting.start(self.chen.principal, matter=district.matter(), consent=True)
        self.reference = draft.reference

    def submit(self) -> None:
        submission.submit(self.chen.principal, reference=self.reference, key="k")

    def decide(self) -> None:
        deciding.decide_waiting()

    def refer(self) -> None:
        self.city.fail("civil_status", FaultKind.ERROR)
        self.decide()
        assert self.case.state == S.IN_REVIEW

    def grant(self) -> None:
        reviewing.grant(self.officer, application=self.case, reasons=REASON)

    def refuse(self) -> None:
        reviewing.refuse(self.officer, application=self.case, reasons=REASON)

    def ask(self) -> None:
        reviewing.ask_for_more(self.officer, application=self.case, defects=[DEFECT])

    def answer(self) -> None:
        submission.answer_supplement(
            self.chen.principal, reference=self.reference, answers={"mobile": "13911110000"}
        )

    def run_late(self) -> None:
        clock.set_source(lambda: NOON + timedelta(days=20))
        assert sweeping.hand_over_late() == 1

    def look_again(self) -> None:
        reviewing.look_again(self.officer, application=self.case)

    def heal(self) -> None:
        self.city.heal()
        self.decide()
        assert self.case.state == S.GRANTED

    def reveal(self) -> None:
        reviewing.reveal(self.officer, application=self.case, reason="核对联系电话")

    def withdraw(self) -> None:
        submission.withdraw(self.chen.principal, reference=self.reference)

    def take_consent_back(self) -> None:
        consent = self.case.authorisation
        authorising.revoke(self.chen.principal, authorisation_id=consent.pk, at=clock.now())

    def revoke_certificate(self) -> None:
        held = self.chen.certificates["resident_id"]
        lifecycle.change_status(held, CertificateStatus.SUSPENDED, reason="核查", actor="system")

    def resume_certificate(self) -> None:
        held = self.chen.certificates["resident_id"]
        lifecycle.change_status(held, CertificateStatus.VALID, reason="核查完毕", actor="system")

    def rate(self) -> None:
        rating.rate(self.chen.principal, application=self.case, given=Given(level=5))

    def give_up(self) -> None:
        Application.objects.filter(reference=self.reference).update(attempts=99)
        self.decide()
        assert self.case.state == S.IN_REVIEW


# What has happened before, the act, and what the applicant is told of it.
ACTS: list[tuple[list[str], str, list[str]]] = [
    ([], "draft", []),
    (["draft"], "submit", []),  # the page says so, and the answer follows within seconds
    (
        ["draft", "submit"],
        "decide",
        ["granted"],
    ),  # the certificate issued with it is told in the same message
    (["draft", "submit"], "refer", ["referred"]),
    (["draft", "submit"], "give_up", ["referred"]),
    (["draft", "submit", "refer"], "grant", ["granted"]),
    (["draft", "submit", "refer"], "refuse", ["refused"]),
    (["draft", "submit", "refer"], "ask", ["supplement"]),
    (["draft", "submit", "refer", "ask"], "answer", []),
    (["draft", "submit", "refer", "ask", "answer"], "decide", ["referred_again"]),
    (
        ["draft", "submit", "refer", "ask", "answer", "decide"],
        "ask",
        ["supplement"],
    ),  # another act, another one
    (["draft", "submit", "refer", "ask"], "run_late", ["supplement_late"]),
    (["draft", "submit", "refer"], "look_again", []),  # what it finds is told
    (["draft", "submit", "refer", "look_again"], "decide", ["referred_again"]),
    (["draft", "submit", "refer", "look_again", "decide", "look_again"], "decide", ["referred_again"]),
    (["draft", "submit", "refer", "look_again"], "heal", ["granted"]),
    (["draft", "submit", "refer"], "reveal", ["revealed"]),
    (["draft", "submit", "refer", "reveal"], "reveal", ["revealed"]),  # each look is told
    (["draft", "submit"], "withdraw", ["withdrawn"]),
    (["draft", "submit", "refer", "ask"], "withdraw", ["withdrawn"]),
    (["draft", "submit", "refer"], "take_consent_back", ["authorisation_revoked"]),
    (["draft", "submit", "decide"], "rate", []),  # the page thanks
    ([], "revoke_certificate", ["certificate_changed"]),
    (["revoke_certificate"], "resume_certificate", ["certificate_changed"]),
]


@pytest.fixture
def thread(city: Standin) -> Thread:
    """Each look at the clock is a millisecond later: no two acts happen at once."""
    ticks = count()
    clock.set_source(lambda: NOON + timedelta(milliseconds=next(ticks)))
    return Thread(city)


@pytest.mark.parametrize(
    ("before", "act", "kinds"), ACTS, ids=[f"{'-'.join([*before, act])}" for before, act, _ in ACTS]
)
def test_an_act_is_told_once(thread: Thread, before: list[str], act: str, kinds: list[str]) -> None:
    for step in before:
        getattr(thread, step)()
    earlier = set(Message.objects.values_list("pk", flat=True))
    getattr(thread, act)()
    new = Message.objects.exclude(pk__in=earlier)
    assert sorted(new.values_list("kind", flat=True)) == kinds
    assert set(new.values_list("person", flat=True)) <= {thread.chen.person.pk}
    for message in new:
        assert thread.chen.person.id_number not in message.title + message.body
        assert "{" not in message.title + message.body
        assert message.case_reference == (thread.reference if message.kind != "certificate_changed" else "")


def test_every_act_of_the_thread_is_in_the_table() -> None:
    steps = {name for name in vars(Thread) if not name.startswith("_")} - {"case"}
    assert steps == {act for _, act, _ in ACTS}


def test_told_again_it_is_told_once(thread: Thread) -> None:
    """A verb carried out twice in a row by mistake would be refused; should it not be, nothing is said twice."""
    for step in ("draft", "submit", "refer", "ask"):
        getattr(thread, step)()
    notice = SupplementNotice.objects.select_related("application__matter").get()
    telling.tell([telling.noticed(notice), telling.noticed(notice)], at=clock.now())
    assert Counter(Message.objects.values_list("kind", flat=True)) == {"referred": 1, "supplement": 1}


# --- for somebody -----------------------------------------------------------------------------------------------------


@pytest.fixture
def daughter(thread: Thread) -> Citizen:
    found = district.citizen(thread.city, name="林佳", born=date(1975, 5, 1))
    delegating.give(thread.chen.person, agent=found.person, until=date(2026, 12, 31))
    Delivery.objects.all().delete()
    Message.objects.all().delete()
    return found


def filed(thread: Thread, daughter: Citizen) -> None:
    acting = principals.principal(daughter.person, whom=f"person:{thread.chen.person.pk}")
    draft = drafting.start(acting, matter=district.matter(), consent=True)
    thread.reference = draft.reference
    submission.submit(acting, reference=draft.reference, key="k")


def told_to(citizen: Citizen) -> list[str]:
    return list(
        Message.objects.filter(person=citizen.person)
        .order_by("created_at", "kind")
        .values_list("kind", flat=True)
    )


def test_who_is_acted_for_learns_it_and_both_learn_what_came_of_it(thread: Thread, daughter: Citizen) -> None:
    filed(thread, daughter)
    assert (told_to(thread.chen), told_to(daughter)) == (["filed"], [])
    thread.decide()
    assert sorted(told_to(thread.chen)) == ["filed", "granted"]
    assert told_to(daughter) == ["granted"]
    mine, hers = (Message.objects.get(person=one.person, kind="granted") for one in (thread.chen, daughter))
    assert mine.occasion == hers.occasion
    assert "您申请的" in mine.body
    assert "您代办的" in hers.body


STEPS: list[Callable[[Thread], None]] = [Thread.grant, Thread.refuse, Thread.ask]


@pytest.mark.parametrize("act", STEPS)
def test_when_the_mandate_has_ended_only_who_it_is_for_is_told(
    thread: Thread, daughter: Citizen, act: Callable[[Thread], None]
) -> None:
    filed(thread, daughter)
    thread.refer()
    given = thread.chen.person.delegations_given.get()
    delegating.revoke(thread.chen.person, delegation_id=given.pk)
    before = told_to(daughter), len(told_to(thread.chen))
    act(thread)
    assert told_to(daughter) == before[0]
    assert len(told_to(thread.chen)) == before[1] + 1
