"""The list of matters: search, filters that keep each other, and what is said when nothing is found."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.models import Matter
from portal.public.showing import everyday, free_lists, listing, tiles
from portal.public.showing.figures import Figures
from portal.public.showing.listing import Wanted, find, wanted
from tests.portal.public import making

pytestmark = pytest.mark.usefixtures("district")


def test_filters_that_do_not_exist_count_as_not_chosen() -> None:
    asked = wanted({"q": "  开店 ", "applicant": "robot", "mode": "magic"})
    assert asked == Wanted(q="开店")
    assert len(wanted({"q": "长" * 999}).q) == listing.LONGEST


def test_each_filter_narrows() -> None:
    everything = find(Wanted())
    people, businesses = find(Wanted(applicant="person")), find(Wanted(applicant="organisation"))
    assert len(everything) == len(people) + len(businesses) == Matter.objects.count()
    assert people
    assert businesses
    stage = people[0].life_events[0]
    assert all(stage in matter.life_events for matter in find(Wanted(life_event=stage)))
    filed, granted = (
        find(Wanted(mode=mode)) for mode in (Matter.Mode.INSTANT_FILING, Matter.Mode.INSTANT_APPROVAL)
    )
    assert {matter.mode for matter in filed} == {Matter.Mode.INSTANT_FILING}
    assert len(everything) == len(filed) + len(granted)


def test_a_filter_keeps_the_others() -> None:
    asked = Wanted(q="店", applicant="person")
    for _, choices in listing.filters(asked):
        for choice in choices:
            assert "q=" in choice.url
    ((_, applicants), *_) = listing.filters(asked)
    assert [choice.current for choice in applicants] == [False, True, False]


def test_every_everyday_word_finds_something() -> None:
    assert everyday.words()
    assert all(find(Wanted(q=word)) for word in everyday.words())


def test_tiles_count_what_exists_and_nothing_else() -> None:
    matters = list(Matter.objects.order_by("code"))
    found = tiles.tiles(matters)
    assert sum(len(tile.matters) for tile in found) == sum(len(matter.life_events) for matter in matters)
    for tile in found:
        assert {matter.pk for matter in find(Wanted(life_event=tile.name))} == {
            matter.pk for matter in tile.matters
        }


def test_large_tiles_lead_to_each_matter_once_and_straight_to_a_single_one() -> None:
    one, other = Matter.objects.order_by("code")[:2]
    stages = [
        tiles.Tile("甲", "x", (one,)),
        tiles.Tile("乙", "x", (one,)),
        tiles.Tile("丙", "x", (one, other)),
        tiles.Tile("丁", "x", (other,)),
    ]
    kept = tiles.distinct(stages)
    assert [tile.name for tile in kept] == ["甲", "丙"]
    assert kept[0].straight == f"/matters/{one.code}/"
    assert kept[1].straight == kept[1].url


def test_how_times_are_measured_is_said_once_below_the_list(chen, client) -> None:
    assert "用时从提交算到" not in client.get("/matters").content.decode()
    for matter in Matter.objects.filter(applicant="person"):
        making.Cases(matter).granted(chen)
    cache.clear()  # figures are kept for a minute
    page = client.get("/matters").content.decode()
    assert page.count("用时从提交算到") == 1
    assert page.index("用时从提交算到") > page.rindex("用时中位数")


def test_what_is_granted_most_is_never_missing_from_the_home_page(chen, client) -> None:
    making.copies(9)
    instant = Matter.objects.filter(mode="instant_approval")
    names = sorted(instant.values_list("name", flat=True))
    often = max(instant.filter(applicant="person"), key=lambda matter: matter.name)
    assert often.name not in names[:6]
    making.Cases(often).granted(chen)
    listed = client.get("/").content.decode().partition('<ul class="instant__list">')[2]
    assert re.findall(r"<h3><a [^>]+>([^<]+)</a>", listed.partition("</ul>")[0]) == [often.name, *names[:5]]


def test_a_matter_without_a_stage_is_not_lost() -> None:
    matter, *_ = find(Wanted(applicant="organisation"))
    matter.life_events = []
    assert [tile.name for tile in tiles.tiles([matter])] == [tiles.OTHER]


@pytest.mark.parametrize("q", ["zzzz", "''; DROP TABLE", "<b>火箭</b>", "%"])
def test_nothing_found_leads_to_the_hotline(q, client) -> None:
    page = client.get("/matters", {"q": q}).content.decode()
    assert "没有找到" in page
    assert "tel:12345" in page
    assert "<b>火箭" not in page


def test_a_narrowed_search_offers_the_whole_catalogue(client) -> None:
    page = client.get("/matters", {"q": "津贴", "applicant": "organisation"}).content.decode()
    assert "在全部事项里找" in page


def test_twenty_a_page_and_the_filters_stay(client) -> None:
    making.copies(30)
    people = Matter.objects.filter(applicant="person").count()
    first = client.get("/matters", {"applicant": "person"}).content.decode()
    second = client.get("/matters", {"applicant": "person", "page": "2"}).content.decode()
    assert first.count('<h3><a href="/matters/') == listing.A_PAGE
    assert second.count('<h3><a href="/matters/') == people - listing.A_PAGE
    assert "applicant=person&amp;page=2" in first


# --- 免证办 is worked out, never written ---------------------------------------------------------------------------
def issue_everything_of_the_allowance() -> None:
    holder = making.citizen("holder", name="林国辉")
    for slug in making.VALUES:
        making.certificate(holder, slug)


def test_a_matter_is_certificate_free_only_while_what_it_needs_is_issued(client) -> None:
    chip = '<span class="chip chip--free">免证办</span>'
    guide = f"/matters/{making.ALLOWANCE}/"
    edition = making.matter().current_edition
    assert edition is not None
    assert "免证办" in edition.content["guide"]["labels"]  # what a package says of itself counts for nothing
    assert chip not in client.get(guide).content.decode()
    assert making.ALLOWANCE not in {matter.code for matter in find(Wanted(free="1"))}
    issue_everything_of_the_allowance()
    cache.clear()
    assert chip in client.get(guide).content.decode()
    found = find(Wanted(free="1"))
    assert making.ALLOWANCE in {matter.code for matter in found}
    assert len(found) < Matter.objects.count()
    page = client.get("/matters?free=1").content.decode()
    assert page.count(chip) == len(found)
    assert f"共 {len(found)} 项" in page
    rows = listing.rows(find(Wanted()), Figures(at=making.NOW))
    assert {row.matter.code for row in rows if row.free} == {matter.code for matter in found}
    assert not any("免证办" in row.labels for row in rows)


def test_the_filter_is_offered_only_where_it_parts_the_list() -> None:
    assert "要带什么" not in [title for title, _ in listing.filters(Wanted()) if not free_lists.whole()]
    issue_everything_of_the_allowance()
    cache.clear()
    ((_, choices),) = [row for row in listing.filters(Wanted(q="补贴")) if row[0] == "要带什么"]
    assert [choice.label for choice in choices] == ["全部", "什么都不用带"]
    assert "free=1" in choices[1].url
    assert "q=" in choices[1].url


def test_which_are_free_is_kept_for_a_minute() -> None:
    free_lists.whole()
    with CaptureQueriesContext(connection) as seen:
        free_lists.whole()
    assert not seen.captured_queries
