"""The age goes from 80 to 75: not published alone, published for tomorrow; what was begun keeps the old rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from approvals import deciding
from approvals.applying import drafting, submission
from approvals.auditing import replaying
from approvals.models import Application, Draft
from approvals.states import ApplicationState as S
from common import clock
from matters import editions
from matters.models import EditionDraft
from matters.writing import comparing, drafts, examining
from matters.writing.comparing import Side
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.editions import TESTED, TOMORROW
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

MATTER = f"/catalogue/matters/{district.ALLOWANCE}"


@pytest.fixture
def town(city: Any, registers: Standin) -> Standin:
    """The catalogue with registers that answer."""
    return registers


def aged(town: Standin, years: int) -> Citizen:
    return district.citizen(town, born=date(2026 - years, 6, 1))


def begun(citizen: Citizen) -> Draft:
    return drafting.start(citizen.principal, matter=district.matter(), consent=True)


def decided(citizen: Citizen, draft: Draft) -> Application:
    case = submission.submit(citizen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    case.refresh_from_db()
    return case


def younger(content: Any) -> Any:
    """What an admin writes: 75 wherever the rules, the rows and the examples said 80."""
    changed = dict(content)
    changed["checks"] = [_turned(check) if check["code"] == "age" else check for check in content["checks"]]
    rows = content["outcome"]["rows"]
    changed["outcome"] = content["outcome"] | {"rows": [*rows[:-1], _turned(rows[-1])]}
    return changed


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: 75 if key == "value" and one == 80 else _turned(one) for key, one in value.items()}
    return [_turned(one) for one in value] if isinstance(value, list) else value


def mended(content: Any, wrong: list[str]) -> Any:
    """The examples that came out otherwise are those between 75 and 80: they get a birth date of this side of 75."""
    examples = [
        one | {"facts": one["facts"] | {"cert.resident_id.birth_date": "1956-11-20"}}
        if one["name"] in wrong
        else one
        for one in content["examples"]
    ]
    return content | {"examples": examples}


def test_from_80_to_75(town: Standin, admin: User, second: User, browser: Client) -> None:
    # Before: one of 77 is not granted, and another one begins and does not submit.
    early = aged(town, 77)
    refused = decided(early, begun(early))
    assert refused.state == S.IN_REVIEW
    waiting = aged(town, 78)
    kept = begun(waiting)

    # The admin changes the age and reads the sentence; an example fails until it is mended.
    browser.post(f"{MATTER}/begin")
    draft = EditionDraft.objects.get()
    old = draft.content
    draft = drafts.save(admin, draft_id=draft.pk, revision=1, change=younger)
    vocabulary = editions.compiled(district.matter().current_edition).vocabulary  # type: ignore[arg-type]
    sections = comparing.compare(Side("V1", old, vocabulary), Side("草稿", draft.content, vocabulary))
    lines = [line.after for section in sections for item in section.changes for line in item.differing]
    assert any("75周岁" in line for line in lines)
    wrong = [
        name
        for one in examining.examine(draft.content).errors
        if one.path.startswith("examples")
        for name in [one.message.partition("“")[2].partition("”")[0]]
    ]
    assert wrong
    assert (
        browser.post(f"/catalogue/drafts/{draft.pk}/hand-in", {"revision": draft.revision}).status_code == 422
    )
    draft = drafts.save(
        admin, draft_id=draft.pk, revision=draft.revision, change=lambda content: mended(content, wrong)
    )
    assert examining.bars(examining.examine(draft.content)) == ()

    # Tried on past cases, handed in; not published alone, published by another for tomorrow.
    drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    told = {"revision": draft.revision, "on": TOMORROW.isoformat()}
    review = f"/catalogue/drafts/{draft.pk}/review"
    assert browser.post(f"/catalogue/drafts/{draft.pk}/hand-in", told).status_code == 302
    assert browser.post(review, told).status_code == 403
    other = Client()
    other.force_login(second)
    assert other.post(review, told).status_code == 302

    # Today still the old rule.
    today = aged(town, 76)
    assert decided(today, begun(today)).state == S.IN_REVIEW

    # Tomorrow, with nothing but the clock moved: new applicants get the new edition.
    clock.set_source(lambda: NOON + timedelta(days=1))
    fresh = aged(town, 76)
    granted = decided(fresh, begun(fresh))
    assert (granted.state, granted.edition.number) == (S.GRANTED, 2)

    # What was begun before keeps its own, also when its consent is asked again; what was decided replays.
    again = begun(waiting)
    assert (again.pk, again.edition_id) == (kept.pk, kept.edition_id)
    late = decided(waiting, again)
    assert (late.state, late.edition.number) == (S.IN_REVIEW, 1)
    report = replaying.replay_all()
    assert (report.judgements, report.differences, report.wrong_grants) == (4, (), ())
