"""Numbers of people: 公民身份号码 (GB 11643-1999) and mobile numbers, and how a page shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import ric

from common import clock
from common.identifiers.base import InvalidIdentifier, Kind, tidy

# GB/T 2260 provinces; 81-83 stand on residence permits of Hong Kong, Macao and Taiwan residents.
PROVINCES = frozenset(
    f"{region}{place}"
    for region, places in enumerate(("12345", "123", "1234567", "123456", "01234", "12345", "1", "123"), 1)
    for place in places
)

_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_SIX_DIGITS = re.compile(r"\d(?:[\s-]*\d){5}")


class Sex(StrEnum):
    """Sex as the number says it; `label` is what a page shows."""

    MALE = "male"
    FEMALE = "female"

    @property
    def label(self) -> str:
        """Return 男 or 女."""
        return "男" if self is Sex.MALE else "女"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A 公民身份号码 and what may be derived from it; never the household register's place."""

    number: str
    birth_date: date
    sex: Sex

    def __repr__(self) -> str:
        return f"ResidentId({self.number[:6]}…)"


def resident_id(text: str, *, on: date | None = None) -> ResidentId:
    """Check a 公民身份号码 (GB 11643-1999) and take birth date and sex from it. `on` defaults to today."""
    number = resident_number(text, on=on)
    return ResidentId(number, _born(number), Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def resident_number(text: str, *, on: date | None = None) -> str:
    """Check a 公民身份号码 (GB 11643-1999) and return its 18 characters. `on` defaults to today."""
    number = text
    if _NUMBER.fullmatch(text) is None:  # most are typed as they are written
        number = tidy(text).upper()
        _check_resident_shape(number)
    if number[:2] not in PROVINCES:
        raise _resident("province", "公民身份号码的前两位不是有效的省份代码，请核对后重新填写")
    try:
        birth_date = _born(number)
    except ValueError:
        raise _resident("date", "公民身份号码第 7 至 14 位不是有效的出生日期，请核对后重新填写") from None
    if birth_date > (on or clock.today()):
        raise _resident("future", "公民身份号码中的出生日期晚于今天，请核对后重新填写")
    if number[-1] != ric.calc_check_digit(number):
        raise _resident("check", "公民身份号码有误（校验位不符），请逐位核对后重新填写")
    return number


def _born(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def _check_resident_shape(number: str) -> None:
    if re.fullmatch(r"[0-9]{15}", number):
        raise _resident("old_form", "15 位的旧身份证号码已停止使用，请填写 18 位公民身份号码")
    if len(number) != 18:
        raise _resident("length", "公民身份号码应为 18 位，最后一位可以是 X")
    if _NUMBER.fullmatch(number) is None:
        raise _resident("characters", "公民身份号码前 17 位应为数字，最后一位应为数字或 X")


def _resident(reason: str, message: str) -> InvalidIdentifier:
    return InvalidIdentifier(Kind.RESIDENT_ID, reason, message)


def mobile(text: str) -> str:
    """Check a mainland mobile number and return its 11 digits; a leading +86 or 86, spaces and hyphens are dropped."""
    number = re.sub(r"^(\+86|86(?=1[0-9]{10}$))", "", tidy(text).replace("-", ""))
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise InvalidIdentifier(Kind.MOBILE, "form", "手机号码应为 11 位数字，以 13 至 19 开头")
    return number


def holds_number(text: str) -> bool:
    """Return whether a text has six digits in a row, however they are spaced: part of somebody's number."""
    return _SIX_DIGITS.search(text) is not None


def mask_id(number: str) -> str:
    """Return a resident ID or credit code as a page may show it: 440507********9980."""
    return (
        number[:6] + "*" * max(len(number) - 10, 4) + number[-4:] if len(number) >= 14 else "*" * len(number)
    )


def mask_name(name: str) -> str:
    """Return a personal name with only its first (and, from three characters, last) character: 陈*英, 陈*."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_mobile(number: str) -> str:
    """Return a mobile number as 138****8000."""
    return number[:3] + "****" + number[-4:] if len(number) == 11 else "*" * len(number)
