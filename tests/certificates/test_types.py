from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from certificates import types
from certificates.models import CertificateType, TypeSchema
from rules.language.invalid import InvalidTree
from tests.factories.certificates import CARD, ISSUER

HOUSE = sorted((settings.DATA_DIR / "types").glob("*.json"))


def variant(**changes):
    return {**copy.deepcopy(CARD), **changes}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"code": "11440507MB2X00012R01"}, "code"),
        ({"code": "11440507MB2X00012X001"}, "code"),  # the definer's check character is wrong
        ({"slug": "Test"}, "slug"),
        ({"name": ""}, "name"),
        ({"holder_kind": "cat"}, "holder_kind"),
        ({"exclusive": "yes"}, "exclusive"),
        ({"version": 0}, "version"),
        ({"colour": "blue"}, "colour"),
        ({"fields": {}}, "fields"),
        ({"fields": {"name": {"type": "texts", "label": "x"}}}, "fields.name.type"),
        ({"fields": {"name": {"type": "text"}}}, "fields.name.label"),
        ({"fields": {"name": {"type": "text", "label": "x", "secret": True}}}, "fields.name.secret"),
        ({"fields": {"people": {"type": "list", "label": "x"}}}, "fields.people"),
    ],
)
def test_a_faulty_definition_is_refused_with_its_path(changes, path):
    with pytest.raises(InvalidTree) as refused:
        types.parse(variant(**changes))
    assert path in [where for where, _ in refused.value.problems]


@pytest.mark.django_db
def test_saving_again_changes_nothing():
    assert types.save(CARD) == "created"
    assert types.save(CARD) == "unchanged"
    assert types.save(variant(name="新名称")) == "changed"
    assert (CertificateType.objects.get().name, TypeSchema.objects.count()) == ("新名称", 1)


@pytest.mark.django_db
def test_changed_fields_are_a_new_version_and_the_old_one_stays():
    types.save(CARD)
    wider = {**CARD["fields"], "more": {"type": "text", "label": "更多"}}
    with pytest.raises(InvalidTree, match="version 加 1"):
        types.save(variant(fields=wider))
    assert types.save(variant(fields=wider, version=2)) == "changed"
    assert types.save(variant(fields=wider, version=2)) == "unchanged"
    assert types.save(CARD) == "unchanged"  # an older package imported again takes nothing back
    assert CertificateType.objects.get().current_schema == 2
    assert TypeSchema.objects.get(version=1).fields == CARD["fields"]


@pytest.mark.django_db
def test_without_a_version_the_next_one_is_taken():
    plain = variant()
    del plain["version"]
    assert types.save(plain) == "created"
    assert types.save({**plain, "fields": {"name": {"type": "text", "label": "x"}}}) == "changed"
    assert CertificateType.objects.get().current_schema == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"code": f"{ISSUER}902"}, {"holder_kind": "organisation"}, {"exclusive": False}]
)
def test_what_certificates_rest_on_cannot_change(changes):
    types.save(CARD)
    with pytest.raises(InvalidTree, match="不能改"):
        types.save(variant(**changes))


@pytest.mark.django_db
def test_a_code_belongs_to_one_type():
    types.save(CARD)
    with pytest.raises(InvalidTree, match="另一种证照"):
        types.save(variant(slug="other"))


@pytest.mark.django_db
def test_files_are_loaded_all_or_none(tmp_path: Path):
    good, bad, broken = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json"
    good.write_text(json.dumps(CARD))
    bad.write_text(json.dumps(variant(slug="other", name="")))
    broken.write_text("{")
    with pytest.raises(InvalidTree) as refused:
        types.load_types([good, bad, broken])
    assert [path.split(".json")[0] for path, _ in refused.value.problems] == ["b", "c"]
    with pytest.raises(CommandError, match=r"b\.json"):
        call_command("load_types", good, bad)
    assert not CertificateType.objects.exists()
    assert types.load_types([good]).created == ["test_card"]


@pytest.mark.django_db
def test_the_types_of_the_house_load_twice(capsys):
    assert len(HOUSE) >= 8
    call_command("load_types")
    call_command("load_types")
    assert capsys.readouterr().out.splitlines()[-1] == f"证照类型：新增 0，更新 0，未变 {len(HOUSE)}"
    assert CertificateType.objects.count() == len(HOUSE)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*CARD, "name", "type", "label"]), inner, max_size=6)
        ),
        max_leaves=12,
    )
)
def test_nonsense_is_refused_and_never_breaks_the_reader(document):
    with pytest.raises(InvalidTree):
        types.parse(document)
