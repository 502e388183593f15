"""Rating: once, with a reason when poor, and no way from the rating to the rater."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from approvals import deciding
from approvals.applying import drafting, submission
from approvals.models import Application
from evaluations import rating
from evaluations.models import RatedCase, Rating
from evaluations.permissions import may_rate
from evaluations.rating import Given, InvalidRating, MayNotRate, ReasonMissing
from evaluations.tags import tags
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def granted(citizen: Citizen) -> Application:
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    submission.submit(citizen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    return Application.objects.select_related("matter__department", "edition", "person").get()


def test_a_decided_case_is_rated_once(city: Standin) -> None:
    citizen = district.citizen(city)
    application = granted(citizen)
    assert may_rate(citizen.principal, application)
    made = rating.rate(citizen.principal, application=application, given=Given(5, ["512", "513"], "很快"))
    assert (made.level, made.tags, made.instant) == (5, ["512", "513"], True)
    assert not may_rate(citizen.principal, application)
    with pytest.raises(MayNotRate):
        rating.rate(citizen.principal, application=application, given=Given(1, ["115"]))
    assert Rating.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (Given(0), InvalidRating),
        (Given(6), InvalidRating),
        (Given(5, ["107"]), InvalidRating),
        (Given(1, ["510"]), InvalidRating),
        (Given(5, [], "好" * 201), InvalidRating),
        (Given(2), ReasonMissing),
        (Given(1, [], "   "), ReasonMissing),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_kept(
    city: Standin, given: Given, error: type[Exception]
) -> None:
    citizen = district.citizen(city)
    with pytest.raises(error):
        rating.rate(citizen.principal, application=granted(citizen), given=given)
    assert not Rating.objects.exists()
    assert not RatedCase.objects.exists()


@pytest.mark.parametrize("given", [Given(2, ["213"]), Given(1, [], "等了很久"), Given(3)])
def test_a_poor_rating_needs_a_tag_or_words(city: Standin, given: Given) -> None:
    citizen = district.citizen(city)
    assert rating.rate(citizen.principal, application=granted(citizen), given=given).level == given.level


def test_only_the_applicant_rates_and_only_when_decided(city: Standin) -> None:
    citizen, other = district.citizen(city), district.citizen(city, name="郑国辉", dead=True)
    application = granted(citizen)
    with pytest.raises(MayNotRate):
        rating.rate(other.principal, application=application, given=Given(5))
    draft = drafting.start(other.principal, matter=district.matter(), consent=True)
    waiting = submission.submit(other.principal, reference=draft.reference, key="k")
    with pytest.raises(MayNotRate):
        rating.rate(other.principal, application=waiting, given=Given(5))


def test_nothing_leads_from_a_rating_to_its_rater(city: Standin) -> None:
    citizen = district.citizen(city)
    application = granted(citizen)
    made = rating.rate(citizen.principal, application=application, given=Given(1, ["115"], "态度差"))
    assert not [field for field in Rating._meta.get_fields() if field.is_relation]
    assert not [
        f
        for m in apps.get_models()
        for f in m._meta.get_fields()
        if f.is_relation and f.related_model is Rating
    ]
    row = {name: str(getattr(made, name)) for name in (f.name for f in Rating._meta.fields)}
    for secret in (application.reference, str(application.pk), str(citizen.person.pk), citizen.person.name):
        assert secret not in "".join(row.values())
    told = JournalEntry.objects.filter(act="rated").values_list("details", "subject", "stream")
    assert str(made.pk) not in str(list(told))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_rating::text FROM evaluations_ratedcase")
        assert str(made.pk) not in str(cursor.fetchall())
    assert RatedCase.objects.get(application=application).sealed_rating == str(made.pk)


def test_tags_begin_with_their_level() -> None:
    assert set(tags()) == {1, 2, 3, 4, 5}
    for level, named in tags().items():
        assert len(named) == 8
        assert all(code.startswith(str(level)) for code in named)
