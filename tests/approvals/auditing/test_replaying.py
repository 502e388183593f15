"""Stored judgements come out the same; whatever was changed in one, in its edition or in the decision is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from approvals import deciding, tasks
from approvals.applying import drafting, submission
from approvals.auditing import replaying
from approvals.models import Application, Judgement
from common import clock
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def judged(city: Standin, **told: Any) -> Judgement:
    citizen = district.citizen(city, **told)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    filed = submission.submit(citizen.principal, reference=draft.reference, key=str(draft.pk))
    deciding.decide_waiting()
    return Judgement.objects.select_related("application").get(application=filed)


def differences(**told: Any) -> list[replaying.Difference]:
    return list(replaying.replay_all(**told).differences)


def test_what_was_granted_referred_and_unknown_comes_out_again(city: Standin) -> None:
    judged(city)
    judged(city, without=("household_register",))
    city.fail("civil_status", FaultKind.ERROR)
    judged(city)
    report = replaying.replay_all()
    assert report.judgements == 3
    assert report.is_sound
    assert str(report) == "3 judgements, none of them wrong"


def test_years_later_it_is_judged_as_of_its_own_day(city: Standin) -> None:
    judged(city)
    district.stand_at(clock.now() + timedelta(days=3000))
    assert replaying.replay_all().is_sound


def _kind(record: dict[str, Any]) -> str:
    record["verdict"]["kind"] = "REFER"
    return "verdict REFER → GRANT"


def _finding(record: dict[str, Any]) -> str:
    finding = record["verdict"]["findings"][0]
    finding["outcome"] = "FAIL"
    return f"check {finding['check_code']}"


def _dropped(record: dict[str, Any]) -> str:
    record["verdict"]["findings"].pop()
    return "is new"


def _told(record: dict[str, Any]) -> str:
    record["verdict"]["findings"][0]["told"] = "随便什么都行"
    return "the trace differs"


def _broken(record: dict[str, Any]) -> str:
    del record["facts"]
    return "the record cannot be read"


@pytest.mark.parametrize("change", [_kind, _finding, _dropped, _told, _broken])
def test_a_record_that_was_changed_is_named(city: Standin, change: Callable[[dict[str, Any]], str]) -> None:
    untouched, touched = judged(city), judged(city)
    words = change(touched.record)
    touched.save(update_fields=["record"])
    (found,) = differences()
    assert found.reference == touched.application.reference != untouched.application.reference
    assert words in str(found)
    assert touched.application.person.name not in str(found)


def test_what_was_changed_in_the_table_itself_is_named_and_the_rest_goes_on(city: Standin) -> None:
    other, touched = judged(city), judged(city)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE approvals_judgement SET record = left(record, 40)"
            " || CASE substr(record, 41, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(record, 42) WHERE id = %s",
            [touched.pk],
        )
    (found,) = differences()
    assert found.reference == touched.application.reference != other.application.reference
    assert "Tampered" in str(found)


def test_a_row_that_no_longer_says_what_its_record_says(city: Standin) -> None:
    touched = judged(city, without=("household_register",))
    Judgement.objects.filter(pk=touched.pk).update(verdict="grant")
    (found,) = differences()
    assert "the row says grant, its record refer" in str(found)


def test_a_grant_of_the_machine_that_rests_on_no_grant(city: Standin) -> None:
    granted = judged(city)
    Judgement.objects.filter(pk=granted.pk).update(verdict="refer")
    assert replaying.replay_all().wrong_grants == (granted.application.reference,)


def test_what_is_left_out(city: Standin) -> None:
    early = judged(city)
    later = clock.now() + timedelta(days=2)
    district.stand_at(later)
    judged(city)
    assert replaying.replay_all(since=later).judgements == 1
    assert replaying.replay_all(matter=district.matter().code).judgements == 2
    assert replaying.replay_all(matter="none").judgements == 0
    assert Application.objects.count() == 2
    assert early.judged_at < later


def test_the_command_says_it_and_ends_with_1(city: Standin) -> None:
    touched = judged(city)
    out = StringIO()
    call_command("replay_decisions", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"judgements": 1, "differences": [], "wrong_grants": []}
    _kind(touched.record)
    touched.save(update_fields=["record"])
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("replay_decisions", "--since", "2020-01-01", stdout=out)
    assert ended.value.code == 1
    assert touched.application.reference in out.getvalue()
    assert "1 judgements, 1 of them wrong" in out.getvalue()


def test_the_task_of_the_night_says_it_to_the_log(city: Standin, caplog: pytest.LogCaptureFixture) -> None:
    touched = judged(city)
    assert tasks.replay() == 0
    _kind(touched.record)
    touched.save(update_fields=["record"])
    assert tasks.replay() == 1
    assert touched.application.reference in caplog.text
