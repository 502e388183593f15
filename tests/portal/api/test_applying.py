"""Applying by a program: once a key, by the same verbs, and never on what is stale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import deciding
from approvals.applying import drafting
from approvals.models import Application, Draft
from approvals.states import ApplicationState
from certificates.models import Certificate
from common import clock
from evaluations.models import Rating
from portal.api.models import KeptRequest
from tests.factories import district
from tests.factories.district import ALLOWANCE

pytestmark = pytest.mark.django_db
Apply = Callable[..., Any]


def test_she_applies_is_granted_and_rates(apply: Apply, call: Any) -> None:
    answer = apply()
    assert answer.status_code == 201, answer.content.decode()
    assert answer["Location"] == f"/api/v1/applications/{answer.json()['reference']}"
    assert answer.json()["state"] == "submitted"
    deciding.decide_waiting()
    path = f"applications/{answer.json()['reference']}"
    read = call("get", path)
    shown = read.json()
    assert shown["state"] == "granted"
    assert shown["decision"]["maker"] == "system"
    assert all(check["outcome"] == "pass" for check in shown["checks"]), shown["checks"]
    assert shown["certificate"]["number"] == Certificate.objects.get(source__isnull=False).number
    assert call("get", path, If_None_Match=read["ETag"]).status_code == 304
    rated = call("post", f"{path}/rating", {"level": 5}, If_Match=read["ETag"])
    assert rated.status_code == 204, rated.content.decode()
    assert Rating.objects.get().level == 5
    evidence = call("get", f"{path}/evidence").json()["results"]
    assert evidence
    assert {row["kind"] for row in evidence} <= {"certificate", "register", "form"}
    assert call("get", "messages").json()["count"] >= 1


def test_the_same_key_has_one_effect(apply: Apply) -> None:
    first, second = apply("same"), apply("same")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["reference"] == second.json()["reference"]
    assert Application.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(apply: Apply) -> None:
    apply("same")
    answer = apply("same", consent=False)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]
    assert Application.objects.count() == 1


def test_whoever_died_with_a_key_is_taken_over_and_nobody_else(apply: Apply) -> None:
    first = apply("lost").json()["reference"]
    KeptRequest.objects.update(reference="", at=clock.now())
    assert apply("lost").status_code == 409
    KeptRequest.objects.update(at=clock.now() - timedelta(minutes=5))
    assert apply("lost").json()["reference"] == first
    assert Application.objects.count() == 1


def test_what_is_wrong_is_named_and_nothing_stays(apply: Apply) -> None:
    answer = apply(answers={"mobile": "123", "nonsense": "x"})
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers
    assert all(pointer.startswith("/answers") for pointer in pointers), pointers
    assert not Draft.objects.exists()
    assert not Application.objects.exists()
    assert apply().status_code == 201  # the key is free again


def test_a_draft_begun_on_the_pages_is_not_overwritten(apply: Apply, chen: Any) -> None:
    draft = drafting.start(chen.principal, matter=district.matter(ALLOWANCE), consent=True)
    answer = apply()
    assert answer.status_code == 409
    assert answer.json()["reference"] == draft.reference
    assert Draft.objects.get().pk == draft.pk


def test_a_second_open_one_is_refused_with_the_first(apply: Apply) -> None:
    first = apply("one").json()["reference"]
    answer = apply("two")
    assert answer.status_code == 409
    assert answer.json()["reference"] == first


def test_a_stale_caller_cannot_act(apply: Apply, call: Any) -> None:
    reference = apply().json()["reference"]
    path = f"applications/{reference}"
    stale = call("get", path)["ETag"]
    deciding.decide_waiting()
    for act, body in (("withdraw", {}), ("rating", {"level": 5}), ("supplement", {"answers": {}})):
        assert call("post", f"{path}/{act}", body).status_code == 428, act
        assert call("post", f"{path}/{act}", body, If_Match=stale).status_code == 412, act
    assert Application.objects.get().state == ApplicationState.GRANTED
    assert not Rating.objects.exists()


def test_she_withdraws_what_waits(apply: Apply, call: Any) -> None:
    path = f"applications/{apply().json()['reference']}"
    answer = call("post", f"{path}/withdraw", {}, If_Match=call("get", path)["ETag"])
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["state"] == "withdrawn"


def test_lists_ask_the_same_number_of_questions_for_one_and_many(apply: Apply, call: Any) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            call("get", "applications")
        return len(seen)

    for number in range(4):
        reference = apply(f"key {number}").json()["reference"]
        path = f"applications/{reference}"
        call("post", f"{path}/withdraw", {}, If_Match=call("get", path)["ETag"])
        if number == 0:
            one = counted()
    assert counted() == one
