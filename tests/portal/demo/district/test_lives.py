"""lives.json is read strictly, and says nothing that is not so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from pydantic import ValidationError

from common.identifiers import credit_code, resident_id
from portal.demo.district import documenting
from portal.demo.district.lives import FILE, District, district
from portal.demo.district.residents import residents
from tests.portal.demo.conftest import MONDAY
from tests.project.sources import ROOT


def test_there_are_enough_named_lives_and_every_group_has_some() -> None:
    whole = district()
    assert len(whole.lives) >= 18
    assert {one.group for one in whole.lives} == {"citizen", "business", "staff"}


def test_everybody_has_numbers_that_check_and_nobody_shares_one() -> None:
    everybody = residents(district())
    for one in everybody:
        identity = resident_id(one.id_number, on=MONDAY.date())
        assert (identity.birth_date, identity.sex == "female") == (one.born, one.female)
        assert one.business is None or credit_code(one.business.credit_code) == one.business.credit_code
    for told in ("id_number", "mobile", "account_number"):
        given = [getattr(one, told) for one in everybody if getattr(one, told)]
        assert len(set(given)) == len(given) >= len(everybody) - 2, told  # two have no mobile phone
    businesses = [one.business for one in everybody if one.business]
    assert (
        len({one.name for one in businesses})
        == len({one.credit_code for one in businesses})
        == len(businesses)
    )


def test_the_same_people_every_time() -> None:
    assert residents(district()) == residents(district())


def test_the_age_in_a_title_is_true_and_stays_so_for_months() -> None:
    aged = 0
    for life in district().lives:
        if told := re.match(r"(\d+) (?:周)?岁", life.title):
            aged += 1
            for day in (MONDAY.date(), MONDAY.date().replace(year=2027, month=3)):
                assert int(told[1]) == documenting.age(life.born, on=day), (life.username, day)
    assert aged >= 18


def test_the_docs_are_written_from_the_data() -> None:
    written = (ROOT / documenting.PAGE).read_text(encoding="utf-8")
    assert written == documenting.page(district(), on=documenting.AGES_ON), (
        "run manage.py demo_accounts --write-docs"
    )


def test_the_accounts_are_told_with_their_password(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_accounts")
    said = capsys.readouterr().out
    assert district().password in said
    for one in (*district().lives, *district().staff):
        assert re.search(rf"^  {one.username} +{one.name} ", said, re.MULTILINE)


def broken(change: Callable[[dict[str, Any]], None]) -> str:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["lives"][0].update(nickname="x"),
        lambda d: d["lives"][0].update(username=d["lives"][1]["username"]),
        lambda d: d["lives"][0].update(username=d["staff"][0]["username"]),
        lambda d: d["lives"][0]["expects"].pop("allowance"),
        lambda d: d["lives"][0]["expects"].update(nothing="grant"),
        lambda d: d["lives"][0]["expects"].update(shop="refuse"),
        lambda d: d["lives"][0].update(registers={"nowhere": {}}),
        lambda d: d["lives"][0].update(answers={"nothing": {}}),
        lambda d: d["lives"][0].update(tries=["filing"]),
        lambda d: d["lives"][0].update(tries=["nothing"]),
        lambda d: d["lives"][0].update(born="1940-02-30"),
        lambda d: d["staff"][0]["post"].update(role="king"),
    ],
)
def test_a_slip_in_the_data_is_named(change: Callable[[dict[str, Any]], None]) -> None:
    with pytest.raises(ValidationError):
        District.model_validate_json(broken(change))
    District.model_validate_json(broken(lambda _: None))
