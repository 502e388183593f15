"""Every component with its states on one page, in demo mode: what a new page may use, what axe looks at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.web.components import parts
from portal.web.components.icons import known_icons
from portal.web.forms.widgets import DateBoxes
from portal.web.showing import states

SHOWN = date(2026, 11, 20)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="姓名", required=False)
    id_number = forms.CharField(label="公民身份号码", error_messages={"required": "请填写公民身份号码"})
    mobile = forms.CharField(label="手机号码", required=False, help_text="用来接收办理结果")
    born = forms.DateField(
        label="出生日期", widget=DateBoxes, error_messages={"invalid": "出生日期不存在，请核对年、月、日"}
    )
    street = forms.ChoiceField(
        label="所在街道", choices=[("", "请选择"), ("1", "示例街道一"), ("2", "示例街道二")]
    )
    account = forms.ChoiceField(
        label="补贴发到哪里？",
        widget=forms.RadioSelect,
        choices=[("own", "本人的社保卡账户"), ("other", "本人的其他银行账户")],
    )
    drawn = forms.ChoiceField(
        label="有没有在别处领过？",
        widget=forms.RadioSelect,
        choices=[("no", "没有"), ("yes", "领过，已经停发")],
        error_messages={"required": "请选择有没有在别处领过"},
    )
    news = forms.MultipleChoiceField(
        label="怎样通知您",
        widget=forms.CheckboxSelectMultiple,
        choices=[("sms", "短信"), ("inbox", "站内消息")],
    )
    remark = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    agree = forms.BooleanField(
        label="我看清楚了，以上内容属实。", error_messages={"required": "请先看清楚，再打勾"}
    )


def sample_form() -> SampleForm:
    """Return the form as it stands after a failed 继续."""
    sent = {
        "id_number": "",
        "mobile": "138 0013 8000",
        "born_year": "1946",
        "born_month": "13",
        "born_day": "20",
        "account": "own",
    }
    form = SampleForm(sent)
    extras: dict[str, dict[str, Any]] = {
        "name": {
            "read_only": "陈秀英",
            "source_tag": "来自居民身份证",
            "correctable": True,
            "optional": False,
        },
        "born": {"hint": "例如 1946 年 8 月 20 日"},
        "account": {
            "option_notes": {"own": "示例农商银行，尾号 6218", "other": "要再填开户行和账号，转人工核对"},
            "question": True,
        },
        "drawn": {"why": "问这个，是因为补贴不能重复领。", "question": True, "columns": 2},
        "news": {"columns": 2},
    }
    for name, attributes in extras.items():
        for attribute, value in attributes.items():
            setattr(form.fields[name], attribute, value)
    return form


def sheet() -> list[parts.SheetRow]:
    """Return a sheet with each outcome."""
    row = parts.SheetRow
    return [
        row(
            "户籍在本区",
            "户籍地属于示例区",
            "示例街道",
            (parts.Law("示例办法第四条第一项", "具有本区户籍的，可以申请。"),),
            "居民户口簿，第 2 版",
            "电子证照，10:32:08 读取",
            "pass",
            told="您的户口簿在本区。",
        ),
        row(
            "没有重复领取",
            "在领同类补贴 0 笔",
            "未取得",
            (parts.Law("示例办法第五条"),),
            "补贴发放系统",
            "10:52:31 超时",
            "unknown",
        ),
        row(
            "收款账户可用",
            "户名与申请人一致",
            "户名不一致",
            (parts.Law("示例办法第九条", "户名应当与申请人一致。"),),
            "社会保障卡，第 3 版",
            "电子证照，10:32:08 读取",
            "fail",
        ),
    ]


def faces() -> list[parts.CertificateFace]:
    """Return a certificate in each state."""
    rows = [
        ("持证人", "陈*英"),
        ("证件号码", "440507********9980"),
        ("标准", "每月 100 元（演示标准）"),
        ("颁发机构", "示例市示例局"),
    ]
    acts = [
        parts.Act("查看", "#", "eye"),
        parts.Act("验真", "#", "shield-check"),
        parts.Act("记录", "#", "history"),
    ]
    notes = {
        "soon": "还有 41 天到期。",
        "superseded": "不能再用于办事，保留供您查看。",
        "revoked": "看原因请点“记录”。",
    }
    return [
        parts.CertificateFace(
            title="示例资格确认书",
            state=state,
            rows=rows if state == "valid" else rows[:2],
            number="SL202600000001",
            issuer="示例市示例局",
            identifier="1.2.156.3005.2.00000000EXAMPLE0000.00000000EXAMPLE000.SL202600000001.001.O",
            seal_text="示例市示例局",
            check_url="https://example.invalid/check/SL202600000001",
            code_url=reverse("public:code", args=["example-" * 4]),
            note=notes.get(state, ""),
            acts=acts,
        )
        for state in parts.CERTIFICATE_STATES
    ]


def steps() -> list[parts.Step]:
    """Return a timeline in the middle."""
    return [
        parts.Step("提交申请", "11-20 10:52:28，网上", "done"),
        parts.Step("受理", "11-20 10:52:32，示例局", "done"),
        parts.Step("人工核实", "已用 0 天，还剩 5 个工作日", "now"),
        parts.Step("作出决定", "11-27 前", "ahead"),
    ]


def strip() -> list[parts.Day]:
    """Return a week with a weekend."""
    kinds = ["start", "rest", "rest", "work", "work", "work", "work", "due"]
    words = ["受理", "休", "休", "1", "2", "3", "4", "5"]
    return [parts.Day(SHOWN + timedelta(n), kind, words[n], today=n == 3) for n, kind in enumerate(kinds)]


def levels() -> list[parts.Level]:
    """Return the five levels with a few tags."""
    good, poor = (
        [("a", "不用提交证明"), ("b", "可以全程网上办理")],
        [("c", "等待时间长"), ("d", "要求重复提交")],
    )
    words = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
    return [parts.Level(value, label, good if value > 2 else poor) for value, label in words.items()]


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component with its states."""
    shown: dict[str, Any] = {
        **states.states(),
        "form": sample_form(),
        "sheet": sheet(),
        "faces": faces(),
        "steps": steps(),
        "strip": strip(),
        "levels": levels(),
        "icons": known_icons(),
        "rows": [
            parts.Row("姓名", "陈秀英", "来自居民身份证，2026-11-20 读取"),
            parts.Row("手机号码", "138****8000", "", "#"),
            parts.Row("备注", "", "", "#"),
        ],
        "columns": [parts.Column("部门"), parts.Column("办结（件）", number=True), parts.Column("状态")],
        "cells": [("示例局", "3,482", "正常"), ("示例二局", "742", "超期 1 件")],
        "bars": [
            parts.TimeBar("法定时限", "30 个工作日", 1, "statutory"),
            parts.TimeBar("承诺时限", "5 个工作日", 1 / 6, "committed"),
            parts.TimeBar("实际中位数", "0.4 秒", 0, "real"),
        ],
        "page": Paginator(range(95), 10).page(request.GET.get("page", 5)),
        "labels": ["授权用证", "填写申请", "核对并提交", "当场出结果"],
        "now": SHOWN,
        "reference": "44050720261120000051",
    }
    return render(request, "components/gallery.html", shown)
