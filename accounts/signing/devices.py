"""Where a sign-in came from, in words: enough to know one's own, too little to follow anybody."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass

from records.hashing import HashKind, keyed

TOKEN_BYTES = 24
# The first name found in the browser's own description wins.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("Edg", "Edge 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("FxiOS", "火狐浏览器"),
    ("CriOS", "Chrome 浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
MACHINES = (
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("OpenHarmony", "鸿蒙设备"),
    ("HarmonyOS", "鸿蒙设备"),
    ("Android", "安卓手机或平板"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
UNKNOWN = "没有认出的设备"
INSIDE = "内部网络"
NOWHERE = "没有记录"


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of where a sign-in came from. `token` is what the browser was given to know it again."""

    device: str
    network: str
    token: str


def trace(*, user_agent: str, address: str, token: str = "") -> Trace:
    """Return what is kept; a browser that brings no token gets one."""
    return Trace(words(user_agent), network(address), token or secrets.token_urlsafe(TOKEN_BYTES))


def known_by(token: str) -> bytes:
    """Return the keyed hash a browser is known again by."""
    return keyed(HashKind.BEARER, token)


def words(user_agent: str) -> str:
    """Return the device in words."""
    machine = next((name for sign, name in MACHINES if sign in user_agent), "")
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    return "，".join(part for part in (machine, browser) if part) or UNKNOWN


def network(address: str) -> str:
    """Return the region of the net: the first half of an IPv4 address, the first 32 bits of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address.strip())
    except ValueError:
        return NOWHERE
    known = getattr(known, "ipv4_mapped", None) or known
    if known.is_private or known.is_loopback or known.is_link_local:
        return INSIDE
    if isinstance(known, ipaddress.IPv4Address):
        return ".".join([*str(known).split(".")[:2], "*", "*"])
    return ":".join([*known.exploded.split(":")[:2], "*"])
