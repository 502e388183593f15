"""What is looked up follows from what is chosen: added with its reason to be written, taken away with its last use."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from portal.catalogue.builder import offering
from tests.matters.documents import filed

SOURCES = filed()
CONTENT: dict[str, Any] = json.loads(Path("data/matters/senior-allowance.json").read_text(encoding="utf-8"))


def with_check(*facts: str) -> dict[str, Any]:
    content = deepcopy(CONTENT)
    rows = [{"fact": fact, "op": "present"} for fact in facts]
    content["checks"][0]["condition"] = {"all": rows}
    return content


def uses(content: dict[str, Any], before: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    found = offering.with_uses(content, before=before, sources=SOURCES)["uses"]
    return {one["type"]: one for one in found["certificates"]}, {
        one["register"]: one for one in found["registers"]
    }


def test_what_is_chosen_is_looked_up_and_its_reason_must_be_written() -> None:
    facts = (
        "cert.disability_certificate.level",
        "cert.subsistence_certificate.held",
        "register.care_benefits.count",
    )
    certificates, registers = uses(with_check(*facts), CONTENT)
    assert certificates["disability_certificate"] == {
        "type": "disability_certificate",
        "fields": ["level"],
        "why": "",
    }
    assert certificates["subsistence_certificate"] == {
        "type": "subsistence_certificate",
        "fields": [],
        "why": "",
    }
    key = {"id_number": "applicant.id_number"}
    assert registers["care_benefits"] == {"register": "care_benefits", "key": key, "why": ""}


def test_what_is_chosen_nowhere_any_more_goes() -> None:
    before = offering.with_uses(
        with_check(
            "cert.disability_certificate.level",
            "cert.disability_certificate.name",
            "register.care_benefits.count",
        ),
        before=CONTENT,
        sources=SOURCES,
    )
    after = deepcopy(before)
    after["checks"][0]["condition"] = {"fact": "cert.disability_certificate.level", "op": "present"}
    certificates, registers = uses(after, before)
    assert certificates["disability_certificate"]["fields"] == ["level"]
    assert "care_benefits" not in registers
    gone = deepcopy(before)
    gone["checks"].pop(0)
    assert "disability_certificate" not in uses(gone, before)[0]


def test_what_nobody_touched_stays() -> None:
    content = deepcopy(CONTENT)
    content["uses"]["certificates"].append({"type": "marriage_certificate", "fields": [], "why": "旧的"})
    assert offering.with_uses(content, before=content, sources=SOURCES) == content


def test_everything_stored_may_be_chosen_half_written_parts_are_left_out() -> None:
    content = deepcopy(CONTENT)
    content["form"]["pages"][0]["questions"].append({"name": ""})
    content["derived"] = [*content.get("derived", []), {"name": "x"}, 3]
    offer = offering.offer(content, sources=SOURCES, area="440507")
    for slug, kind in SOURCES.types.items():
        assert (f"cert.{slug}.held" in offer.facts) is (kind.holder_kind in {"person", "either"}), slug
    assert {f"register.{name}.found" for name in SOURCES.registers} <= set(offer.facts)
    assert {"applicant.name", "own.open_applications", "form.account", "derived.age"} <= set(offer.facts)
    assert offer.areas


def test_sources_the_draft_names_are_offered_before_the_others() -> None:
    foreign = "hk_macao_permit"
    for content, is_named in ((CONTENT, False), (with_check(f"cert.{foreign}.number"), True)):
        groups = offering.offer(content, sources=SOURCES, area="440507").groups
        names = [group for group, _ in groups]
        own = SOURCES.types[foreign].name
        assert names.index(offering.OTHERS) > names.index("居民身份证")
        assert (own in names) is is_named
        assert not is_named or names.index(own) < names.index(offering.OTHERS)


def test_of_a_certificate_nobody_uses_yet_only_that_it_is_held_is_offered() -> None:
    offer = offering.offer(CONTENT, sources=SOURCES, area="440507")
    offered = {name: group for group, facts in offer.groups for name, _ in facts}
    assert offered["cert.resident_id.birth_date"] == "居民身份证"
    assert offered["cert.disability_certificate.held"] == offering.OTHERS
    assert "cert.disability_certificate.level" not in offered
    assert "cert.disability_certificate.level" in offer.facts  # what is named all the same is understood
    assert len(offered) < 400

    chosen = with_check("cert.disability_certificate.held")
    names = {
        name
        for _, facts in offering.offer(chosen, sources=SOURCES, area="440507").groups
        for name, _ in facts
    }
    assert "cert.disability_certificate.level" in names
