from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Post, User
from common import clock
from matters.models import EditionDraft, Matter
from matters.states import DraftState
from matters.writing import drafts, examining
from matters.writing.errors import DraftChanged, DraftClosed, DraftTooLarge, NotYourCatalogue
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import ALLOWANCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(stocked: None) -> Matter:
    return Matter.objects.select_related("department", "current_edition").get(code=ALLOWANCE)


@pytest.fixture
def admin(matter: Matter) -> User:
    return district.admin()


def renamed(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"name": "新名称"}


def begin(admin: User, matter: Matter) -> EditionDraft:
    assert matter.current_edition is not None
    return drafts.begin(admin, matter=matter, edition=matter.current_edition)


def test_a_draft_begins_as_what_is_in_force_and_is_the_only_one(admin: User, matter: Matter) -> None:
    draft = begin(admin, matter)
    assert matter.current_edition is not None
    assert draft.content == matter.current_edition.content
    assert draft.based_on == matter.current_edition
    assert begin(admin, matter) == draft
    values = {f.attname: getattr(draft, f.attname) for f in draft._meta.fields if f.name != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        EditionDraft(**values).save()


def test_saving_counts_and_keeps_who_wrote(admin: User, matter: Matter) -> None:
    draft = begin(admin, matter)
    colleague = district.admin()
    saved = drafts.save(colleague, draft_id=draft.pk, revision=1, change=renamed)
    assert (saved.revision, saved.name, saved.edited_by) == (2, "新名称", colleague)
    assert saved.editors == sorted([str(admin.pk), str(colleague.pk)])
    acts = JournalEntry.objects.filter(stream=f"matter:{ALLOWANCE}").order_by("sequence")
    assert [entry.act for entry in acts][-2:] == ["edition_draft.begun", "edition_draft.saved"]


def test_a_stale_page_saves_nothing(admin: User, matter: Matter) -> None:
    draft = begin(admin, matter)
    drafts.save(admin, draft_id=draft.pk, revision=1, change=renamed)
    with pytest.raises(DraftChanged):
        drafts.save(admin, draft_id=draft.pk, revision=1, change=lambda _: {})
    assert EditionDraft.objects.get(pk=draft.pk).content["name"] == "新名称"


def test_what_is_given_up_or_handed_in_is_not_written_in(admin: User, matter: Matter) -> None:
    draft = begin(admin, matter)
    assert drafts.drop(admin, draft_id=draft.pk).state == DraftState.DROPPED
    for act in (
        lambda: drafts.drop(admin, draft_id=draft.pk),
        lambda: drafts.save(admin, draft_id=draft.pk, revision=1, change=renamed),
    ):
        with pytest.raises(DraftClosed):
            act()
    assert begin(admin, matter) != draft


def test_too_much_is_refused(admin: User, matter: Matter) -> None:
    draft = begin(admin, matter)
    with pytest.raises(DraftTooLarge):
        drafts.save(admin, draft_id=draft.pk, revision=1, change=lambda c: c | {"summary": "长" * 400_000})


def test_only_admins_of_the_department_write(admin: User, matter: Matter) -> None:
    draft = begin(admin, matter)
    Post.objects.filter(user=admin).update(valid_to=clock.today().replace(year=2020), valid_from="2019-01-01")
    with pytest.raises(NotYourCatalogue):
        drafts.save(admin, draft_id=draft.pk, revision=1, change=renamed)
    with pytest.raises(NotYourCatalogue):
        begin(admin, matter)


def test_what_is_in_force_examines_well_and_what_is_not_says_where(matter: Matter) -> None:
    assert matter.current_edition is not None
    content = matter.current_edition.content
    assert examining.examine(content).errors == ()
    worse = examining.examine(content | {"summary": ""})
    assert worse.compiled is None
    assert [problem.path for problem in worse.errors] == ["summary"]
    assert worse.under("summary") == worse.errors
    assert worse.under("sum") == ()
