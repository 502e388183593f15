"""What each kind of message says, in the portal, by SMS and by e-mail: data/messages, and what bars a text there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, TypeAlias

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from accounts.states import Channel, Topic

LONGEST_SMS = 70  # characters with the signature; from the 71st on it is charged and shown as two
LONGEST_TITLE = 80
# What texts may be filled with, and how much room each takes in an SMS; None: stays in the portal, because it names
# somebody or something of theirs.
VALUES: Mapping[str, int | None] = {
    "matter": 20,
    "whose": 4,
    "certificate": 16,
    "state": 4,
    "was": 4,
    "change": 2,
    "topic": 6,
    "count": 3,
    "minutes": 2,
    "due": 10,
    "until": 18,
    "code": 6,
    "at": 12,
    "titles": 0,
    "scope": 10,
    "matters": None,
    "agent": None,
    "principal": None,
    "organisation": None,
    "office": None,
    "post": None,
    "finding": None,
    "ends": None,
    "number": None,
    "kept": None,
    "reason": None,
    "purpose": None,
    "device": None,
    "network": None,
}
NAME = "several"  # the wording of several messages of one kind
_HOLE = re.compile(r"\{([a-z_]+)\}")
_SENTENCE = re.compile(r"[。！？]$")
_ADDRESS = re.compile(r"https?:|www\.|\.cn\b|\.com\b", re.IGNORECASE)
# A mobile or resident number, however it came into a value.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]|[0-9]{16,})(?![0-9A-Za-z])")
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=400)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mail(_Part):
    """An e-mail."""

    subject: Annotated[str, Field(min_length=1, max_length=100)]
    body: Text


class Several(_Part):
    """What goes out for several messages of one kind together (合并)."""

    sms: Text
    email: Mail


class Wording(_Part):
    """All texts of one kind of message.

    necessary: cannot be opted out of by SMS and e-mail. urgent: goes out at once and at night. alone: never merged.
    channels: how it goes out besides the portal.
    """

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z_]{2,39}$")]
    topic: Topic
    necessary: bool = False
    urgent: bool = False
    alone: bool = False
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL)
    title: Annotated[str, Field(min_length=1, max_length=60)]
    body: Text
    sms: Text
    email: Mail


class NoSuchKind(LookupError):
    """No wording of this kind; a test finds it before a citizen does."""


class NotForOutside(ValueError):
    """A value looks like somebody's number and must not leave the portal."""


def of(kind: str) -> Wording:
    """Return the texts of a kind, or raise NoSuchKind."""
    try:
        return kinds()[kind]
    except KeyError:
        raise NoSuchKind(kind) from None


@cache
def kinds() -> Mapping[str, Wording]:
    """Return every kind of message, as data/messages has it; read once in a process."""
    return {one.kind: one for path in _files() for one in _read(path)}


@cache
def several() -> Several:
    """Return what is said of several messages of one kind."""
    path = settings.DATA_DIR / "messages" / f"{NAME}.json"
    return Several.model_validate_json(path.read_text(encoding="utf-8"))


def _files() -> list[Path]:
    return sorted(path for path in (settings.DATA_DIR / "messages").glob("*.json") if path.stem != NAME)


def _read(path: Path) -> tuple[Wording, ...]:
    return TypeAdapter(tuple[Wording, ...]).validate_json(path.read_text(encoding="utf-8"))


def title(kind: str, values: Mapping[str, str]) -> str:
    """Return the title in the portal."""
    return _cut(_fill(of(kind).title, values), LONGEST_TITLE)


def body(kind: str, values: Mapping[str, str]) -> str:
    """Return the text in the portal."""
    return _fill(of(kind).body, values)


def sms_values(kind: str, values: Mapping[str, str], *, count: int = 1) -> dict[str, str]:
    """Return what a gateway is told besides the template: the holes of the SMS and nothing else, cut to their room."""
    return _outside(sms_text(kind, count=count), _known(kind, values, count=count))


def sms_text(kind: str, *, count: int = 1) -> str:
    """Return the text of an SMS with its holes, without the signature."""
    return of(kind).sms if count == 1 else several().sms


def email(kind: str, values: Mapping[str, str], *, titles: tuple[str, ...] = ()) -> Mail:
    """Return the e-mail of one message, or of several of one kind (with their titles)."""
    count = len(titles) or 1
    told = of(kind).email if count == 1 else several().email
    known = {**_known(kind, values, count=count), "titles": "\n".join(f"· {one}" for one in titles)}
    for text in (told.subject, told.body):
        for value in (known[name] for name in holes(text)):
            _require_no_number(value)
    return Mail(subject=_fill(told.subject, known), body=_fill(told.body, known))


def fill_sms(text: str, values: Mapping[str, str]) -> str:
    """Return an SMS as it arrives: signature and text (the gateway does this from its template)."""
    return f"{signature()}{_fill(text, values)}"


def signature() -> str:
    """Return who speaks, as every SMS begins (工信部《通信短信息服务管理规定》 art. 18)."""
    return f"【{settings.SMS_SIGN}】"


def _known(kind: str, values: Mapping[str, str], *, count: int) -> dict[str, str]:
    told = of(kind)
    return dict(values) if count == 1 else {"count": str(count), "topic": str(told.topic.label)}


def _outside(text: str, values: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in holes(text):
        value = _cut(values[name], VALUES[name] or 0)
        _require_no_number(value)
        found[name] = value
    return found


def _require_no_number(value: str) -> None:
    if _NUMBER.search(value):
        raise NotForOutside


def holes(text: str) -> list[str]:
    """Return the names of the values a text wants."""
    return list(dict.fromkeys(_HOLE.findall(text)))


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: str(values[hole[1]]), text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def faults() -> list[str]:
    """Return in Chinese what is wrong with data/messages; empty when nothing is."""
    try:
        read = {path.name: _read(path) for path in _files()}
        together = several()
    except (OSError, ValueError, ValidationError) as error:
        return [f"data/messages 读不出来：{str(error).splitlines()[0]}"]
    every = [one for part in read.values() for one in part]
    doubled = sorted({one.kind for one in every if [other.kind for other in every].count(one.kind) > 1})
    found = [f"{kind}：写了两次" for kind in doubled]
    for one in every:
        found += [f"{one.kind}：{fault}" for fault in _faults_of(one)]
    outside = _outside_faults(together.sms, together.email)
    return [*found, *(f"{NAME}：{fault}" for fault in outside)]


def _faults_of(one: Wording) -> Iterator[str]:
    for text in (one.title, one.body):
        yield from (f"不认识的占位 {{{name}}}" for name in holes(text) if name not in VALUES)
    if not _SENTENCE.search(one.body):
        yield "站内消息要以句号结尾"
    yield from _outside_faults(one.sms, one.email)


def _outside_faults(sms: str, mail: Mail) -> Iterator[str]:
    for where, text in (("短信", sms), ("邮件标题", mail.subject), ("邮件", mail.body)):
        for name in holes(text):
            if VALUES.get(name) is None:
                yield f"{where}不能带 {{{name}}}"
        if _ADDRESS.search(text):
            yield f"{where}不带网址：不教人点链接"
        if _NUMBER.search(text):
            yield f"{where}里有像证件号码或手机号码的数字"
    if (length := longest_sms(sms)) > LONGEST_SMS:
        yield f"短信最长 {length} 字，不能超过 {LONGEST_SMS} 字"
    if not _SENTENCE.search(sms) or not _SENTENCE.search(mail.body):
        yield "短信和邮件要以句号结尾"


def longest_sms(text: str) -> int:
    """Return how long an SMS becomes with its signature and the longest values."""
    return len(signature()) + len(_HOLE.sub(lambda hole: "字" * (VALUES.get(hole[1]) or 0), text))
