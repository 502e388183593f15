"""Codes with structure: matters (GB/T 39554, ZWFW C 0109), certificate types and certificates (GB/T 36904)."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import lru_cache

from common.identifiers.base import InvalidIdentifier, Kind, tidy
from common.identifiers.bodies import credit_code

CERTIFICATE_ROOT = "1.2.156.3005.2"
_BASE = r"(?P<catalogue>[0-9]{2})(?P<type>[0-2][0-9])(?P<main>[0-9A-HJ-NP-RTUW-Y]{5})(?P<sub>[0-9]{3}|00Y)"
_BODY = r"(?P<body>[0-9A-HJ-NP-RTUW-Y]{18})(?P<level>[1-7])"
_ITEM = r"(?P<item>0[1-9]|[1-9][0-9])"
_MATTER_FORMS = {12: _BASE, 31: _BODY + _BASE, 33: _BODY + _BASE + _ITEM}
_CHECKED = string.digits + string.ascii_uppercase  # MOD 37,36 counts with these
_PLACES = {character: place for place, character in enumerate(_CHECKED)}
_DOUBLED = [(weight or 36) * 2 % 37 for weight in range(36)]
_SERIAL = re.compile(r"[0-9A-Z]+")
_CERTIFICATE = re.compile(
    re.escape(CERTIFICATE_ROOT)
    + r"\.(?P<type_code>[0-9A-Z]{18}[0-9]{3})\.(?P<issuer>[0-9A-Z]{18}|[0-9]{6})"
    + r"\.(?P<serial>[0-9A-Z]+)\.(?P<version>[0-9]{3})\.(?P<check>[0-9A-Z])"
)


@dataclass(frozen=True, slots=True)
class MatterCode:
    """A 基本编码 (12), 实施编码 (31) or 业务办理项编码 (33) in its parts; parts that it lacks are empty.

    `warnings` are Chinese sentences for the admin: published codes with a wrong credit code do occur.
    """

    text: str
    base: str
    body: str
    level: str
    catalogue: str
    type: str
    main: str
    sub: str
    item: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateIdentifier:
    """A 电子证照标识 in its parts; `version` counts from 1."""

    text: str
    type_code: str
    issuer: str
    serial: str
    version: int


def matter_code(text: str) -> MatterCode:
    """Check a matter code of 12, 31 or 33 characters and split it; lower case is refused, as the standard does."""
    code = text.strip()
    form = _MATTER_FORMS.get(len(code))
    if form is None:
        raise _matter("length", "事项编码应为 12 位（基本编码）、31 位（实施编码）或 33 位（业务办理项编码）")
    match = re.fullmatch(form, code)
    if match is None:
        raise _matter(
            "form", "事项编码不符合编码规则，请核对实施主体、行使层级、事项类型、主项、子项和办理项各段"
        )
    parts = match.groupdict(default="")
    base = "".join(parts[name] for name in ("catalogue", "type", "main", "sub"))
    body = parts.get("body", "")
    return MatterCode(
        text=code,
        base=base,
        body=body,
        level=parts.get("level", ""),
        catalogue=parts["catalogue"],
        type=parts["type"],
        main=parts["main"],
        sub=parts["sub"],
        item=parts.get("item", ""),
        warnings=_body_warnings(body),
    )


def _body_warnings(body: str) -> tuple[str, ...]:
    if not body:
        return ()
    try:
        credit_code(body)
    except InvalidIdentifier as error:
        return (f"实施主体 {body}：{error.message}",)
    return ()


def _matter(reason: str, message: str) -> InvalidIdentifier:
    return InvalidIdentifier(Kind.MATTER_CODE, reason, message)


def type_code(text: str) -> str:
    """Check a 证照类型代码 of 21 characters: credit code of the body that defined the type, then a 3-digit serial."""
    code = tidy(text)
    if not re.fullmatch(r"[0-9A-HJ-NP-RTUW-Y]{18}[0-9]{3}", code):
        raise InvalidIdentifier(
            Kind.TYPE_CODE, "form", "证照类型代码应为 21 位：定义机构的统一社会信用代码加 3 位序号"
        )
    return code


def certificate_identifier(text: str) -> CertificateIdentifier:
    """Check a 电子证照标识 (GB/T 36904-2018, ISO 7064 MOD 37,36) and split it."""
    match = _CERTIFICATE.fullmatch(text.strip())
    if match is None or match["version"] == "000":
        raise _certificate(
            "form", "电子证照标识格式不正确，请完整复制，例如以 1.2.156.3005.2 开头、各段用点分隔"
        )
    check = _check_character(match["type_code"] + match["issuer"], match["serial"] + match["version"])
    if check != match["check"]:
        raise _certificate("check", "电子证照标识有误（校验位不符），请核对后重新填写")
    return CertificateIdentifier(
        match.group(), match["type_code"], match["issuer"], match["serial"], int(match["version"])
    )


def make_certificate_identifier(type_code: str, *, issuer: str, serial: str, version: int) -> str:
    """Make the 电子证照标识 of one version (1 to 999) of a certificate; `serial` is digits and capitals only."""
    if _SERIAL.fullmatch(serial) is None or _SERIAL.fullmatch(type_code + issuer) is None:
        raise _certificate("characters", "证照流水号只能由数字和大写字母组成")
    if not 1 <= version <= 999 or not _issues(type_code, issuer):
        raise _certificate("form", "电子证照标识的类型代码、颁发机构或版本不符合规定")
    check = _check_character(type_code + issuer, f"{serial}{version:03d}")
    return f"{CERTIFICATE_ROOT}.{type_code}.{issuer}.{serial}.{version:03d}.{check}"


@lru_cache(maxsize=1024)
def _issues(type_code: str, issuer: str) -> bool:
    """Return whether the two have their form; a store of one issuer's type asks again and again."""
    return _CERTIFICATE.fullmatch(f"{CERTIFICATE_ROOT}.{type_code}.{issuer}.0.001.0") is not None


def _check_character(begins: str, rest: str) -> str:
    """Return the check character (ISO 7064 MOD 37,36). A store of one issuer's type begins alike: weighed once."""
    return _CHECKED[(1 - _DOUBLED[_weighed(rest, _beginning(begins))]) % 36]


@lru_cache(maxsize=1024)
def _beginning(text: str) -> int:
    return _weighed(text, 18)


def _weighed(text: str, weight: int) -> int:
    for character in text:
        weight = (_DOUBLED[weight] + _PLACES[character]) % 36
    return weight


def _certificate(reason: str, message: str) -> InvalidIdentifier:
    return InvalidIdentifier(Kind.CERTIFICATE_IDENTIFIER, reason, message)
