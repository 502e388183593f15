"""load_demo: through the verbs, once, into a database that is a demo's; what it leaves on disk names nobody."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts import identifying, registering
from accounts.acting import delegating, principals
from accounts.models import (
    ActingRight,
    Delegation,
    Department,
    Guardianship,
    Organisation,
    Person,
    Post,
    User,
)
from accounts.registering import NewPerson
from certificates.models import Certificate
from certificates.states import CertificateStatus
from common import clock
from matters.models import Edition
from portal.demo.district import loading
from portal.demo.district.lives import district
from portal.demo.district.residents import residents
from portal.demo.models import DemoMark
from records.models import JournalEntry, StoredFile
from tests.factories.district import resident_number


def counts() -> dict[str, int]:
    models = (Person, User, Organisation, ActingRight, Post, Certificate, Edition, JournalEntry, DemoMark)
    return {model.__name__: model.objects.count() for model in models}


def test_every_life_and_those_who_fill_the_district_are_entered_and_marked(demo: datetime) -> None:
    whole = district()
    owners = sum(one.business is not None for one in whole.lives)
    people, bodies = len(whole.lives) + whole.more_people, owners + whole.more_businesses
    assert Person.objects.count() == Person.objects.filter(is_demo=True).count() == people >= 66
    assert Organisation.objects.count() == Organisation.objects.filter(is_demo=True).count() == bodies >= 20
    assert not Certificate.objects.filter(is_demo=False).exists()


def test_of_everybody_at_work_it_is_known_who_they_are_and_of_staff_that_they_are_no_resident(
    demo: datetime,
) -> None:
    at_work = list(User.objects.filter(posts__isnull=False).distinct())
    hashes = [identifying.hash_of(user) for user in at_work]
    assert None not in hashes
    assert len(set(hashes)) == len(at_work) >= 14
    staff = User.objects.filter(username__in=[one.username for one in district().staff])
    assert not Person.objects.filter(id_number_hash__in=[bytes(one.id_number_hash or b"") for one in staff])


def test_loading_again_on_another_day_changes_nothing(demo: datetime, tmp_path: Path) -> None:
    before = counts()
    clock.set_source(lambda: demo + timedelta(days=40))
    loading.load(register_file=tmp_path / "registers.json")
    assert counts() == before


def test_a_database_with_real_people_is_refused_and_left_alone(demo: datetime, tmp_path: Path) -> None:
    DemoMark.objects.all().delete()
    number = resident_number(demo.date().replace(year=1970))
    registering.person(NewPerson(name="真人", id_number=number))
    before = counts()
    with pytest.raises(CommandError, match="不是演示数据"):
        call_command("load_demo", registers=tmp_path / "registers.json")
    assert counts() == before
    assert not (tmp_path / "registers.json").exists()


def test_one_password_for_all_and_every_life_signs_in_as_itself(demo: datetime) -> None:
    users = {user.username: user for user in User.objects.select_related("person").all()}
    assert set(users) == {one.username for one in (*district().lives, *district().staff)}
    assert check_password(district().password, users["chenxiuying"].password)
    for life in district().lives:
        assert users[life.username].person.name == life.name
    for colleague in district().staff:
        assert not Person.objects.filter(user=users[colleague.username]).exists()


def test_each_department_has_an_officer_who_is_nobody_else(demo: datetime) -> None:
    officers = Post.objects.filter(role=Post.Role.OFFICER, user__person=None).order_by()
    told = dict(officers.values_list("department__short_name").annotate(Count("pk")))
    deciding = Department.objects.filter(matters__isnull=False)  # others only issue what they always issued
    assert told == dict.fromkeys(deciding.values_list("short_name", flat=True), 1)
    assert set(Post.objects.values_list("role", flat=True)) == {
        "clerk",
        "officer",
        "admin",
        "keeper",
        "supervisor",
    }


def test_certificates_end_as_the_data_says(demo: datetime) -> None:
    held = Certificate.objects.select_related("type")
    ended = {
        (one.holder_person or one.holder_organisation, one.status) for one in held if one.status != "valid"
    }
    assert {status for _, status in ended} == {CertificateStatus.CANCELLED, CertificateStatus.REVOKED}
    expired = {one.valid_until for one in held if one.valid_until and one.expired_on(demo.date())}
    assert expired >= {demo.date() - timedelta(days=days) for days in (25, 20, 7)}


def test_the_stand_ins_file_names_nobody(loaded: Path, demo: datetime) -> None:
    text = loaded.read_text(encoding="utf-8")
    for one in residents(district()):
        secrets = (one.id_number, one.mobile, one.account_number, one.address, one.name)
        for told in filter(None, secrets):  # not everybody has a mobile phone
            assert told not in text
            for hashed in (hashlib.sha256, hashlib.sha1, hashlib.md5):
                assert hashed(told.encode()).hexdigest() not in text


def test_marking_anew_sets_the_clock_back(demo: datetime) -> None:
    DemoMark.objects.update(shift_days=9)
    call_command("load_demo", mark_only=True)
    assert DemoMark.objects.get().shift_days == 9
    call_command("load_demo", mark_only=True, fresh_marker=True)
    assert DemoMark.objects.get().shift_days == 0


def test_mandates_stand_from_the_day_of_loading_and_are_given_once(demo: datetime, tmp_path: Path) -> None:
    people = {one.username: one.person for one in User.objects.filter(person__isnull=False)}
    acting = {
        "chenxiaolin": [("吴玉兰", "代办人", 2)],
        "linzhiqiang": [("林小宇", "监护人", 0), ("示例市龙湖区阿强食品店", "经营者", 0)],
        "zhengjianhua": [("示例市龙湖区建华食品有限公司", "法定代表人", 0)],
        "huangwenjing": [("示例市龙湖区建华食品有限公司", "经办人", 1)],
        "chenxiuying": [],
    }
    for username, told in acting.items():
        found = principals.choices(people[username], on=demo.date())
        assert [(one.name, one.role, len(one.limits.matters)) for one in found] == told
        shows = [one.limits.sees_certificates for one in found]
        assert all(shows) is (username != "chenxiaolin")  # the agent shows the company's at a window
    given = Delegation.objects.get(principal=people["wuyulan"])
    delegating.revoke(people["wuyulan"], delegation_id=given.pk)
    loading.load(register_file=tmp_path / "registers.json")
    assert principals.choices(people["chenxiaolin"], on=demo.date()) == []  # taken back stays taken back
    assert sorted(Guardianship.objects.values_list("state", flat=True)) == ["confirmed", "requested"]
    assert StoredFile.objects.count() == 2
