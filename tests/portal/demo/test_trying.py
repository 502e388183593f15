"""A life as facts decides what the life itself would be decided, and nothing is read of anybody for that."""

from __future__ import annotations

import pytest

from certificates.models import UseRecord
from matters import editions
from matters.editions import Compiled
from matters.writing import trials
from portal.catalogue.showing import tryable
from portal.demo.district.lives import VERDICTS, district
from registers.models import RegisterCall
from tests.factories import district as town
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
WHOLE = district()
# What the portal itself has on record of a life is not in its data: who holds the outcome already, and organisations.
CASES = [
    (life.username, name)
    for life in WHOLE.lives
    for name, expected in life.expects.items()
    if expected in VERDICTS and (name in life.tries) and not life.agent_of
]


def compiled(name: str) -> Compiled:
    edition = town.matter(WHOLE.matters[name].code).current_edition
    assert edition is not None
    return editions.compiled(edition)


@pytest.mark.parametrize(("username", "name"), CASES)
def test_a_life_decides_what_it_is_there_to_show(stocked: None, username: str, name: str) -> None:
    people = tryable.people()
    assert people is not None
    edition = compiled(name)
    raw = people.facts(username, compiled=edition, on=NOON.date())
    assert raw is not None
    tried = trials.judge(raw, draft=edition, in_force=None, on=NOON.date())
    life = next(one for one in WHOLE.lives if one.username == username)
    unproven = [(one.check_code, one.outcome) for one in tried.draft.findings if one.outcome != "PASS"]
    came_out = tried.draft.kind.lower()
    if edition.package.mode == "instant_filing" and life.expects[name] == "refer" and not unproven:
        came_out = "refer"  # recommended: an officer decides
    assert came_out == life.expects[name], unproven
    assert not UseRecord.objects.exists()
    assert not RegisterCall.objects.exists()


def test_who_shows_a_matter_comes_first_and_bodies_only_for_bodies(stocked: None) -> None:
    people = tryable.people()
    assert people is not None
    key, _ = people.names(compiled("allowance"))[0]
    assert "allowance" in next(one for one in WHOLE.lives if one.username == key).tries
    offered = {key for key, _ in people.names(compiled("allowance"))}
    owners = {one.username for one in WHOLE.lives if one.business and "allowance" not in one.tries}
    assert not offered & owners
    shops = {key for key, _ in people.names(compiled("filing"))}
    assert shops == {one.username for one in WHOLE.lives if one.business}
    assert people.facts("chenxiuying", compiled=compiled("filing"), on=NOON.date()) is None
    assert people.facts("nobody", compiled=compiled("allowance"), on=NOON.date()) is None


def test_without_the_demo_there_is_nobody(settings: pytest.FixtureRequest) -> None:
    settings.TRYABLE_PEOPLE = ""  # type: ignore[attr-defined]
    assert tryable.people() is None
