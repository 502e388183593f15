from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.identifying import UnknownIdentity
from accounts.models import User
from common import clock
from matters.importing import import_packages
from matters.models import CallOff, Edition, EditionDraft, Matter
from matters.permissions import may_publish
from matters.publishing import AlreadyScheduled, publish
from matters.sources import Sources, stored
from matters.states import DraftState
from matters.writing import drafts, reviewing
from matters.writing.errors import (
    DraftChanged,
    DraftClosed,
    DraftHasFaults,
    NoReason,
    NothingToCallOff,
    NotTested,
    NotYourCatalogue,
    SameAsInForce,
    SecondPersonNeeded,
    WrongDay,
)
from records.models import JournalEntry
from tests.factories import district
from tests.factories.editions import TESTED, TODAY, TOMORROW
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db


def hand_in(user: User, draft: EditionDraft) -> EditionDraft:
    return reviewing.hand_in(user, draft_id=draft.pk, revision=draft.revision)


def publish_it(user: User, draft: EditionDraft, *, on: date = TOMORROW, **told: Any) -> Edition:
    return reviewing.publish_draft(user, draft_id=draft.pk, revision=draft.revision, on=on, **told)


def write(user: User, draft: EditionDraft, **told: Any) -> EditionDraft:
    return drafts.save(user, draft_id=draft.pk, revision=draft.revision, change=lambda c: c | told)


def test_two_people_make_an_edition_for_a_day(writer: User, second: User, tested: EditionDraft) -> None:
    handed = hand_in(writer, tested)
    assert (handed.state, handed.checked_by) == (DraftState.CHECKED, writer)
    edition = publish_it(second, handed)
    stored = EditionDraft.objects.get(pk=handed.pk)
    assert (stored.state, stored.published_by, stored.edition) == (DraftState.PUBLISHED, second, edition)
    assert (edition.number, edition.begins, edition.content) == (2, TOMORROW, tested.content)
    assert edition.published_by == f"user:{second.pk}"
    matter = district.matter()
    assert (matter.edition_on(TODAY), matter.edition_on(TOMORROW)) == (matter.current_edition, edition)
    acts = JournalEntry.objects.filter(stream=f"matter:{matter.code}").order_by("sequence")
    assert [entry.act for entry in acts][-4:] == [
        "edition_draft.back_tested",
        "edition_draft.handed_in",
        "matter.published",
        "edition_draft.published",
    ]


def test_who_wrote_does_not_publish(writer: User, second: User, tested: EditionDraft) -> None:
    handed = hand_in(writer, tested)
    with pytest.raises(SecondPersonNeeded):
        publish_it(writer, handed)
    helper = district.admin()
    hand_back = reviewing.send_back(second, draft_id=handed.pk, reason="请看第三项")
    assert (hand_back.state, hand_back.checked_by, hand_back.returned_because) == (
        DraftState.WRITING,
        None,
        "请看第三项",
    )
    draft = write(helper, hand_back, summary="再改")
    drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    handed = hand_in(writer, draft)
    assert handed.returned_because == ""
    for author in (helper, writer):
        with pytest.raises(SecondPersonNeeded):
            publish_it(author, handed)
    assert publish_it(second, handed, on=TODAY) == district.matter().current_edition


@pytest.mark.parametrize(
    ("same", "refused"), [(True, SecondPersonNeeded), (False, UnknownIdentity)], ids=["theirs", "nobody's"]
)
def test_a_second_account_makes_nobody_a_second_person(
    writer: User, second: User, tested: EditionDraft, same: bool, refused: type[Exception]
) -> None:
    handed = hand_in(writer, tested)
    User.objects.filter(pk=second.pk).update(id_number_hash=writer.id_number_hash if same else None)
    other = User.objects.get(pk=second.pk)
    assert not may_publish(other, handed)
    with pytest.raises(refused):
        publish_it(other, handed)


@pytest.mark.parametrize("who", ["handed in", "wrote"])
def test_the_database_refuses_whoever_wrote(
    writer: User, second: User, tested: EditionDraft, who: str
) -> None:
    helper = district.admin()
    draft = write(helper, tested, summary="再改")
    edition = district.matter().current_edition
    EditionDraft.objects.filter(pk=draft.pk).update(checked_by=writer, editors=sorted(draft.editors))
    values = {"state": DraftState.PUBLISHED, "edition": edition}
    culprit = {"handed in": writer, "wrote": helper}[who]
    with pytest.raises(IntegrityError, match="published_by_"), transaction.atomic():
        EditionDraft.objects.filter(pk=draft.pk).update(published_by=culprit, **values)
    assert EditionDraft.objects.filter(pk=draft.pk).update(published_by=second, **values) == 1


def spoiled(content: dict[str, Any], how: str) -> dict[str, Any]:
    check = content["checks"][0]
    never = {"any": [check["condition"], {"not": check["condition"]}]}  # no example can contradict it
    changes: dict[str, dict[str, Any]] = {
        "an error": {"summary": ""},
        "no example": {"checks": [*content["checks"], check | {"code": "never_fails", "condition": never}]},
        "another matter": {
            "code": content["code"][:-3] + "002",
            "base_code": content["base_code"][:-3] + "002",
        },
        "another department": {"department": "11440507MB2X00020L"},
    }
    return content | changes[how]


@pytest.mark.parametrize("how", ["an error", "no example", "another matter", "another department"])
def test_faults_and_missing_examples_bar_handing_in(writer: User, draft: EditionDraft, how: str) -> None:
    draft = drafts.save(
        writer, draft_id=draft.pk, revision=draft.revision, change=lambda content: spoiled(content, how)
    )
    with pytest.raises(DraftHasFaults):
        hand_in(writer, draft)
    assert EditionDraft.objects.get(pk=draft.pk).state == DraftState.WRITING
    assert reviewing.bars(draft)
    if how == "no example":
        assert "没有样例" in str([problem for problem in reviewing.bars(draft) if problem.bars_drafts])


def test_a_stale_page_hands_in_and_publishes_nothing(
    writer: User, second: User, tested: EditionDraft
) -> None:
    with pytest.raises(DraftChanged):
        reviewing.hand_in(writer, draft_id=tested.pk, revision=tested.revision - 1)
    handed = hand_in(writer, tested)
    with pytest.raises(DraftClosed):
        hand_in(writer, tested)
    with pytest.raises(DraftChanged):
        reviewing.publish_draft(second, draft_id=handed.pk, revision=handed.revision - 1, on=TODAY)


def test_sources_that_changed_since_bar_publication(
    writer: User, second: User, tested: EditionDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = hand_in(writer, tested)
    with monkeypatch.context() as patch:
        sources = drafts_sources()
        patch.setattr("matters.writing.examining.stored", lambda: sources)
        with pytest.raises(DraftHasFaults):
            publish_it(second, handed)
    assert publish_it(second, handed).number == 2


def drafts_sources() -> Any:
    """What exists, without the social card."""
    known = stored()
    types = {slug: one for slug, one in known.types.items() if slug != "social_card"}
    return Sources(types, known.registers, known.divisions)


def test_a_change_is_tried_on_past_cases_first(writer: User, second: User, draft: EditionDraft) -> None:
    drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    draft = write(writer, draft, summary="又改了")
    handed = hand_in(writer, draft)
    with pytest.raises(NotTested):
        publish_it(second, handed)
    assert not drafts.note_impact(draft_id=draft.pk, revision=draft.revision - 1, impact=TESTED)
    many = TESTED | {"flips": 9, "needs_reason": True}
    assert drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=many)
    for reason in ("", "　", "长" * 201):
        with pytest.raises(NoReason):
            publish_it(second, handed, reason=reason)
    publish_it(second, handed, reason=" 区里已定，降低年龄 ")
    assert EditionDraft.objects.get(pk=draft.pk).publish_reason == "区里已定，降低年龄"


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_the_day_lies_ahead_and_not_too_far(
    writer: User, second: User, tested: EditionDraft, day: date
) -> None:
    handed = hand_in(writer, tested)
    with pytest.raises(WrongDay):
        publish_it(second, handed, on=day)


def test_what_changes_nothing_is_not_published(writer: User, second: User) -> None:
    matter = district.matter()
    assert matter.current_edition is not None
    draft = drafts.begin(writer, matter=matter, edition=matter.current_edition)
    drafts.note_impact(draft_id=draft.pk, revision=1, impact=TESTED)
    handed = hand_in(writer, draft)
    with pytest.raises(SameAsInForce):
        publish_it(second, handed)
    assert EditionDraft.objects.get(pk=draft.pk).state == DraftState.CHECKED


def test_an_edition_is_called_off_before_its_day(writer: User, second: User, tested: EditionDraft) -> None:
    edition = publish_it(second, hand_in(writer, tested))
    matter = district.matter()
    with pytest.raises(AlreadyScheduled):
        publish(district.matter().current_edition.content | {"summary": "急"}, by="x", at=NOON)  # type: ignore[union-attr]
    with pytest.raises(NotYourCatalogue):
        reviewing.call_off(district.admin("11440507MB2X00020L"), matter=matter, reason="不归我管")
    with pytest.raises(NoReason):
        reviewing.call_off(writer, matter=matter, reason=" ")
    reviewing.call_off(writer, matter=matter, reason="文件推迟了")
    found = Matter.objects.get(pk=matter.pk)
    assert (found.next_edition, found.next_from) == (None, None)
    assert CallOff.objects.get().edition == edition
    clock.set_source(lambda: NOON + timedelta(days=1))
    assert found.edition_on(TOMORROW) == matter.current_edition
    with pytest.raises(NothingToCallOff):
        reviewing.call_off(writer, matter=matter, reason="再撤一次")


def test_importing_the_same_files_again_undoes_nothing(
    writer: User, second: User, tested: EditionDraft, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    old = district.matter().current_edition
    assert old is not None
    file.write_text(json.dumps(old.content), encoding="utf-8")
    edition = publish_it(second, hand_in(writer, tested))
    assert import_packages(file, by="system", at=NOON).unchanged == [old]
    later = NOON + timedelta(days=1)
    assert import_packages(file, by="system", at=later).unchanged == [edition]
    assert district.matter().edition_on(TOMORROW) == edition
    file.write_text(json.dumps(old.content | {"summary": "文件改了"}), encoding="utf-8")
    assert [one.number for one in import_packages(file, by="system", at=later).published] == [3]


def test_what_is_in_force_is_not_called_off(writer: User, second: User, tested: EditionDraft) -> None:
    publish_it(second, hand_in(writer, tested))
    clock.set_source(lambda: NOON + timedelta(days=1))
    with pytest.raises(NothingToCallOff):
        reviewing.call_off(writer, matter=district.matter(), reason="太晚了")
