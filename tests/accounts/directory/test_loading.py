"""A directory comes in whole or not at all; the same file again changes nothing, and nothing is taken away by one."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import registering
from accounts.directory import loading
from accounts.models import Department, Hall, Post, Region, User
from common.identifiers import resident_id
from records.models import JournalEntry
from rules.language.invalid import InvalidTree
from tests.factories import people
from tests.project.sources import ROOT

pytestmark = pytest.mark.django_db
BODY = "11440507MB2X00012R"
EXAMPLE = ROOT / "docs" / "how-to" / "example-directory.json"
TOLD: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))


def changed(at: str, value: object) -> dict[str, Any]:
    """Return the file with one value put in a place: `people.1.posts.0.role`."""
    told = deepcopy(TOLD)
    *way, last = at.split(".")
    inner: Any = told
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    inner[int(last) if last.isdigit() else last] = value
    return told


def counts() -> list[int]:
    return [kind.objects.count() for kind in (Department, Hall, User, Post, Region, JournalEntry)]


def test_who_works_where_and_nobody_has_a_password_yet() -> None:
    done = loading.load(TOLD)
    assert (done.departments, done.halls, done.people, len(done.given)) == (1, 1, ("head", "wang.sp"), 3)
    assert Department.objects.get().region.name == "龙湖区"
    officer, clerk = Post.objects.filter(user__username="wang.sp").order_by("valid_from")
    assert (officer.role, officer.department.credit_code, officer.valid_to) == ("officer", BODY, None)  # type: ignore[union-attr]
    assert (clerk.role, clerk.hall_id, clerk.valid_to) == ("clerk", "440507-zwzx", date(2026, 12, 31))
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert JournalEntry.objects.filter(act="appointed").count() == 3


def test_again_changes_nothing_and_a_new_line_only_itself() -> None:
    loading.load(TOLD)
    before = counts()
    assert loading.load(TOLD).given == ()
    assert counts() == before
    done = loading.load(changed("people.0.posts", [{"role": "supervisor", "valid_from": "2026-01-01"}]))
    assert (done.people, len(done.given)) == ((), 1)
    assert Post.objects.filter(user__username="head").count() == 2, "a file takes nothing away"


def test_what_is_known_of_a_body_is_brought_up_to_date() -> None:
    loading.load(TOLD)
    loading.load(changed("departments.0.phone", "0754-00000099"))
    assert Department.objects.get().phone == "0754-00000099"


def test_a_post_that_was_ended_is_not_given_again() -> None:
    loading.load(TOLD)
    Post.objects.filter(role="officer").update(valid_to=date(2026, 3, 1))
    assert loading.load(TOLD).given == ()
    assert Post.objects.get(role="officer").valid_to == date(2026, 3, 1)


def test_a_file_may_lean_on_what_is_there() -> None:
    loading.load({"departments": TOLD["departments"], "halls": TOLD["halls"]})
    assert len(loading.load({"people": TOLD["people"]}).given) == 3


def test_an_account_that_is_there_keeps_its_password() -> None:
    registering.account("head", display_name="周敏", password="a long test password")
    assert loading.load(TOLD).people == ("wang.sp",)
    assert User.objects.get(username="head").check_password("a long test password")


@pytest.mark.parametrize(
    ("name", "active", "said"), [("周敏敏", True, "是“周敏敏”的"), ("周敏", False, "已经停用")]
)
def test_a_slip_gives_no_stranger_a_post(name: str, active: bool, said: str) -> None:
    account = registering.account("head", display_name=name, password="a long test password")
    User.objects.filter(pk=account.pk).update(is_active=active)
    with pytest.raises(InvalidTree, match=said):
        loading.load(TOLD)
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("at", "value"),
    [("people.1.posts.0.valid_from", "2026-03-01"), ("people.1.posts.0.valid_to", "2026-12-31")],
)
def test_other_days_of_a_post_that_is_held_are_told_and_change_nothing(at: str, value: str) -> None:
    loading.load(TOLD)
    for _ in range(2):
        done = loading.load(changed(at, value))
        assert (done.given, [post.role for post in done.left]) == ((), ["officer"])
    officer = Post.objects.get(role="officer")
    assert (officer.valid_from, officer.valid_to) == (date(2026, 1, 1), None)


def test_a_post_that_stands_twice_is_given_once() -> None:
    told = deepcopy(TOLD)
    told["people"][1]["posts"].append(told["people"][1]["posts"][0])
    assert len(loading.load(told).given) == 3


def test_codes_come_in_any_of_their_lengths() -> None:
    told = changed("departments.0.region_id", "440507000000")
    told["people"][1]["posts"][0]["department"] = BODY.lower()
    loading.load(told)
    assert Department.objects.get().region_id == "440507"


def test_trying_stores_nothing() -> None:
    before = counts()
    assert len(loading.load(TOLD, dry_run=True).given) == 3
    assert counts() == before


@pytest.mark.parametrize(
    ("at", "value", "place", "said"),
    [
        ("departments.0.credit_code", "11440507MB2X00012A", "departments[0].credit_code", "校验位不符"),
        ("departments.0.region_id", "999999", "departments[0].region_id", "里没有这个代码"),
        ("departments.0.name", "", "departments[0].name", "不能为空"),
        ("departments.0.phone", 754, "departments[0].phone", "应为文字"),
        ("departments.0.fax", "0754", "departments[0].fax", "不认识的键"),
        ("departments.0", {}, "departments[0].credit_code", "缺少"),
        ("departments", {}, "departments", "应为列表"),
        ("people.1.username", "王审批", "people[1].username", "3 到 60 个小写字母"),
        ("people.1.username", "head", "people[1]", "在前面已经出现过"),
        ("people.1.posts.0.role", "boss", "people[1].posts[0].role", "岗位只有这几种"),
        ("people.1.posts.0.department", None, "people[1].posts[0]", "请写明部门"),
        ("people.1.posts.0.department", "", "people[1].posts[0].department", "18 位"),
        (
            "people.1.posts.0.department",
            "11440507MB2X00020L",
            "people[1].posts[0].department",
            "没有这个部门",
        ),
        ("people.1.posts.1.hall", None, "people[1].posts[1]", "哪个大厅"),
        ("people.0.posts.0.hall", "440507-zwzx", "people[0].posts[0]", "不在大厅或者镇街任职"),
        ("people.1.posts.1.hall", "elsewhere", "people[1].posts[1].hall", "没有这个大厅"),
        ("people.1.posts.1.town", "440507", "people[1].posts[1].town", "9 位"),
        ("people.1.posts.1.valid_to", "2026-01-31", "people[1].posts[1].valid_to", "不能早于"),
        ("people.1.posts.1.valid_from", "soon", "people[1].posts[1].valid_from", "年-月-日"),
        ("people.1.posts.1.valid_from", 0, "people[1].posts[1].valid_from", "年-月-日"),
    ],
)
def test_a_fault_is_named_with_its_place_and_nothing_is_entered(
    at: str, value: object, place: str, said: str
) -> None:
    before = counts()
    with pytest.raises(InvalidTree) as refused:
        loading.load(changed(at, value))
    assert place in dict(refused.value.problems), refused.value.problems
    assert said in dict(refused.value.problems)[place]
    assert counts() == before


def test_the_command_tells_what_it_did_or_every_fault(tmp_path: Path) -> None:
    file, said = tmp_path / "directory.json", io.StringIO()
    file.write_text(json.dumps(TOLD), encoding="utf-8")
    call_command("load_directory", file, "--dry-run", stdout=said)
    assert "没有改动" in said.getvalue()
    assert not User.objects.exists()
    call_command("load_directory", file, stdout=said)
    assert "give_password wang.sp" in said.getvalue()
    file.write_text(json.dumps(changed("people.0.name", "")), encoding="utf-8")
    with pytest.raises(CommandError, match=r"1 处问题，什么也没有改动：\npeople\[0\]\.name：不能为空"):
        call_command("load_directory", file)
    with pytest.raises(CommandError, match="读不到这个文件"):
        call_command("load_directory", tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "不是有效的 JSON"),
        (b"[]", "应为对象"),
        ('{"people": "王"}'.encode("gbk"), "不是 UTF-8 编码"),
        (b'{"halls": [], "halls": []}', "halls"),
        (b'{"people": [{"username": "abc", "name": "a\\u0000"}]}', "无法识别的字符"),
        (b"[" * 100_000, "嵌套过深"),
    ],
)
def test_what_is_no_directory_is_refused_in_words(
    content: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(CommandError, match=said):
        call_command("load_directory", "-")


def test_a_colleague_from_nothing_to_the_first_page(client: Any) -> None:
    """What a new bureau does: the file, a password, whose account it is, signing in."""
    loading.load(TOLD)
    said = io.StringIO()
    call_command("give_password", "wang.sp", stdout=said)
    number = people.id_number()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(resident_id(number).number + "\n"))
        call_command("link_identity", "wang.sp", stdout=io.StringIO())
    answer = client.post("/staff/sign-in", {"username": "wang.sp", "password": said.getvalue().strip()})
    assert answer.status_code == 302
    assert client.get(answer["Location"], follow=True).status_code == 200, "a phone is bound next"
