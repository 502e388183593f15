"""Samples of what depends on a session, a file or a moment: the second half of the gallery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static

from common import clock
from portal.web.components import parts
from portal.web.components.uploads import Upload
from portal.web.forms.fields import FieldView, FilesView
from portal.web.session.idling import Staying
from portal.web.showing import faults


@dataclass(frozen=True, slots=True)
class _Limits:
    until: Any = None


@dataclass(frozen=True, slots=True)
class _Acting:
    name: str
    role: str
    limits: _Limits


def states() -> dict[str, Any]:
    """Return everything the second half shows."""
    return {
        "uploading": uploading(),
        "acting": acting(),
        "staying_shown": Staying(7200, 300, clock.now(), "#", soon=True),
        "faults": faults.NAMES,
        "messages_shown": [Message(level, words) for level, words in LEVELS],
        "steps_asked": [
            parts.Step("提交申请", "11-20 10:52", "done"),
            parts.Step("补正", "最晚 11 月 27 日补好", "now", "等您补正"),
            parts.Step("重新核验", "补正后马上再核验一次", "ahead"),
        ],
        "steps_done": [
            parts.Step("提交申请", "11-20 10:52", "done"),
            parts.Step("审批通过", "11-20 10:52，用时 0.4 秒", "done"),
        ],
    }


LEVELS = (
    (constants.SUCCESS, "已保存。"),
    (constants.INFO, "已换成替“吴玉兰”办事。"),
    (constants.WARNING, "数据源暂时查不到，稍后自动再查。"),
    (constants.ERROR, "没有保存，请再点一次。"),
)


def acting() -> list[dict[str, Any]]:
    """Return the bar for another person, for an organisation, and for a right that has ended."""
    limits = _Limits(clock.today())
    return [
        {"whom": "person:1", "acting": _Acting("吴玉兰", "代办人", limits)},
        {"whom": "organisation:1", "acting": _Acting("示例市龙湖区阿强食品店", "经营者", _Limits())},
        {"whom": "person:2", "acting": None},
    ]


def uploading() -> list[FieldView]:
    """Return a question for files: empty, with a wrong file, with one, with several, and full with a virus."""
    picture = static("img/mark.svg")
    one = Upload(
        "a", "照片 1", "图片，1.2 MB", "没有发现病毒", "pass", picture, ((1, picture),), "#", may_turn=True
    )
    paper = replace(one, id="b", name="证明 2", words="PDF，3 页，0.4 MB", scan="正在查毒", pill="neutral")
    paper = replace(paper, pages=((1, "#"), (2, "#"), (3, "#")), original_url="", may_turn=False)
    unknown = replace(one, id="c", name="照片 3", scan="还没有查毒", pill="unknown", original_url="")
    bad = Upload("d", "照片 4", "图片，0.3 MB", "发现病毒", "fail", quarantined=True)
    return [
        _question("empty", "近期免冠照片", (), room=1, most=1),
        _question(
            "wrong", "身份证照片", (), room=1, most=1, error="这不是图片，请换一个 JPG、PNG 或 HEIC 文件。"
        ),
        _question("single", "近期免冠照片", (one,), room=0, most=1),
        _question("several", "经营场所证明", (one, paper, unknown), room=2, most=5),
        _question("full", "其他证明", (bad,), room=0, most=2),
    ]


def _question(
    name: str, label: str, there: tuple[Upload, ...], *, room: int, most: int, error: str = ""
) -> FieldView:
    files = FilesView(
        there=there,
        url="#",
        room=room,
        most=most,
        accept="image/jpeg,image/png",
        kinds="照片",
        limits="JPG、PNG、HEIC 图片，每个不超过 10 MB。",
    )
    return FieldView(
        kind="files",
        id=f"id_sample_{name}",
        name=f"sample_{name}",
        anchor=f"id_sample_{name}",
        label_for=f"id_sample_{name}",
        label=label,
        hint="正面、清楚、不反光。" if name == "empty" else "",
        why="",
        source_tag="",
        source_icon="id",
        optional=False,
        question=False,
        columns=1,
        read_only="",
        correct_url="",
        correctable=False,
        errors=(error,) if error else (),
        control="",
        options=(),
        describedby=f"id_sample_{name}_error" if error else "",
        files=files,
    )
