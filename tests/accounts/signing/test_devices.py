"""Devices in words, and how much of an address is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import SignIn
from accounts.signing import devices


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Windows 电脑，Edge 浏览器",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604",
            "苹果手机，Safari 浏览器",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537 MicroMessenger/8.0",
            "安卓手机或平板，微信",
        ),
        (
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 Chrome/114 HuaweiBrowser/5.1",
            "鸿蒙设备，华为浏览器",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Linux 电脑，火狐浏览器"),
        ("curl/8.5", "没有认出的设备"),
        ("", "没有认出的设备"),
        ("Windows" * 2000, "Windows 电脑"),
    ],
)
def test_words(agent: str, words: str) -> None:
    assert devices.words(agent) == words


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "内部网络"),  # a range for examples counts as private
        ("119.145.12.34", "119.145.*.*"),
        ("::ffff:119.145.12.34", "119.145.*.*"),
        ("2408:8256:1:2:3:4:5:6", "2408:8256:*"),
        ("10.1.2.3", "内部网络"),
        ("127.0.0.1", "内部网络"),
        ("fe80::1", "内部网络"),
        ("", "没有记录"),
        ("unix:", "没有记录"),
    ],
)
def test_network(address: str, network: str) -> None:
    assert devices.network(address) == network


@given(st.ip_addresses())
def test_never_more_than_a_part(address: object) -> None:
    kept = devices.network(str(address))
    assert kept == devices.INSIDE or kept.endswith("*")
    assert len(kept) <= (SignIn._meta.get_field("network").max_length or 0)


@given(st.text(max_size=300))
def test_whatever_a_browser_says_fits(agent: str) -> None:
    assert len(devices.words(agent)) <= (SignIn._meta.get_field("device").max_length or 0)


def test_a_browser_gets_a_token_once() -> None:
    first = devices.trace(user_agent="", address="")
    assert devices.trace(user_agent="", address="", token=first.token).token == first.token
    assert devices.trace(user_agent="", address="").token != first.token
    assert len(devices.known_by(first.token)) == 32
