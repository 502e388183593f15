"""What data/messages says, and what would bar a text there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import checks

from accounts.states import Channel
from accounts.telling import wording
from accounts.telling.examining import check_telling

GOOD: dict[str, Any] = {
    "kind": "something",
    "topic": "progress",
    "title": "标题",
    "body": "内容。",
    "sms": "短信。",
    "email": {"subject": "标题", "body": "内容。"},
}


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Texts of the test's own."""
    (tmp_path / "messages").mkdir()
    several = {"sms": "您有{count}条“{topic}”新消息。", "email": {"subject": "消息", "body": "{titles}。"}}
    (tmp_path / "messages" / "several.json").write_text(json.dumps(several), encoding="utf-8")
    settings.DATA_DIR = tmp_path
    wording.kinds.cache_clear()
    wording.several.cache_clear()
    yield tmp_path / "messages"
    wording.kinds.cache_clear()
    wording.several.cache_clear()


def write(folder: Path, *texts: dict[str, Any]) -> None:
    (folder / "mine.json").write_text(json.dumps(list(texts), ensure_ascii=False), encoding="utf-8")


def test_the_house_is_in_order() -> None:
    assert len(wording.kinds()) >= 12
    assert wording.faults() == []
    assert check_telling() == []


@pytest.mark.parametrize("kind", sorted(wording.kinds()))
def test_every_sms_fits_into_one_and_names_nobody(kind: str) -> None:
    told = wording.of(kind)
    assert wording.longest_sms(told.sms) <= 70
    outside = wording.holes(told.sms) + wording.holes(told.email.subject) + wording.holes(told.email.body)
    assert not {"agent", "principal", "organisation", "number", "reason", "kept", "purpose"} & set(outside)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"sms": "{agent}替您办事。"}, "短信不能带 {agent}"),
        ({"sms": "{nobody}。"}, "短信不能带 {nobody}"),
        ({"sms": "字" * 64 + "。"}, "短信最长 71 字"),
        ({"sms": "“{matter}”" + "字" * 42 + "。"}, "短信最长 71 字"),
        ({"sms": "请看 https://example.cn 。"}, "短信不带网址"),
        ({"sms": "号码44050719400308123X。"}, "像证件号码"),
        ({"sms": "号码13812345678。"}, "像证件号码"),
        ({"sms": "没有句号"}, "要以句号结尾"),
        ({"body": "没有句号"}, "站内消息要以句号结尾"),
        ({"title": "{nobody}"}, "不认识的占位 {nobody}"),
        ({"email": {"subject": "{organisation}", "body": "内容。"}}, "邮件标题不能带 {organisation}"),
        ({"email": {"subject": "标题", "body": "www.example.com。"}}, "邮件不带网址"),
        ({"email": {"subject": "标题"}}, "读不出来"),
        ({"unknown": 1}, "读不出来"),
        ({"topic": "weather"}, "读不出来"),
        ({"channels": ["pigeon"]}, "读不出来"),
    ],
)
def test_a_bad_text_is_found(folder: Path, change: dict[str, Any], fault: str) -> None:
    write(folder, GOOD)
    assert wording.faults() == []
    write(folder, {**GOOD, **change})
    (found,) = [one for one in wording.faults() if fault in one]
    assert fault in found
    assert [one.id for one in check_telling() if isinstance(one, checks.Error)]


def test_a_kind_said_twice_is_found(folder: Path) -> None:
    write(folder, GOOD, GOOD)
    assert any("写了两次" in fault for fault in wording.faults())


def test_the_signature_counts(folder: Path, settings: Any) -> None:
    write(folder, {**GOOD, "sms": "字" * 63 + "。"})
    assert wording.faults() == []
    settings.SMS_SIGN = "龙湖区政务"
    assert len(wording.faults()) == 1


def test_values_are_cut_for_an_sms_and_whole_in_the_portal() -> None:
    name = "一个名字特别特别长的政务服务事项它比二十个字要长得多"
    values = {"matter": name, "whose": "您申请的"}
    assert name in wording.body("withdrawn", values)
    sent = wording.sms_values("withdrawn", values)
    assert sent == {"whose": "您申请的", "matter": name[:19] + "…"}
    assert len(wording.fill_sms(wording.sms_text("withdrawn"), sent)) <= 70


@pytest.mark.parametrize("number", ["13812345678", "44050719400308123X", "62170001123456789"])
def test_a_value_that_looks_like_a_number_stays_inside(number: str) -> None:
    with pytest.raises(wording.NotForOutside):
        wording.sms_values("withdrawn", {"matter": number, "whose": "您申请的"})
    with pytest.raises(wording.NotForOutside):
        wording.email("withdrawn", {"matter": number, "whose": "您申请的"})


def test_several_are_counted_by_topic_and_name_nothing() -> None:
    assert wording.sms_values("withdrawn", {"matter": "x"}, count=3) == {"count": "3", "topic": "办理进度"}
    mail = wording.email("withdrawn", {}, titles=("一", "二"))
    assert mail.subject == "您有 2 条新消息"
    assert "· 一\n· 二" in mail.body


def test_a_long_title_fits_its_column() -> None:
    assert len(wording.title("withdrawn", {"matter": "长" * 120})) == 80


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"SMS_URL": "https://sms.example/send", "SMS_SECRET": ""}, "accounts.E002"),
        ({"SMS_URL": "http://sms.example/send", "SMS_SECRET": "x"}, "accounts.E003"),
        (
            {"SMS_URL": "https://sms.example/s", "SMS_SECRET": "x", "SMS_TEMPLATES": {"granted": "T1"}},
            "accounts.W001",
        ),
        ({"SMS_URL": "https://sms.example/s", "SMS_SECRET": "x"}, ""),
        ({"SMS_URL": "http://127.0.0.1:1/s", "SMS_SECRET": "x"}, ""),
        ({"SMS_URL": ""}, ""),
    ],
)
def test_a_gateway_half_set_up_is_told(settings: Any, given: dict[str, Any], found: str) -> None:
    for name, value in given.items():
        setattr(settings, name, value)
    assert [one.id for one in check_telling()] == ([found] if found else [])


def test_channels_are_known() -> None:
    assert wording.of("revealed").channels == ()
    assert wording.of("granted").channels == (Channel.SMS, Channel.EMAIL)
