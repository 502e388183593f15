from __future__ import annotations

from datetime import date

import pytest

from portal.web.components import parts


@pytest.mark.parametrize(
    "make",
    [
        lambda: parts.SheetRow("核验项", "", "", (), "", "", "passed"),
        lambda: parts.Step("受理", "", "doing"),
        lambda: parts.Day(date(2026, 11, 20), "holiday", "休"),
        lambda: parts.TimeBar("承诺", "5 天", 0.5, "green"),
        lambda: parts.TimeBar("承诺", "5 天", 1.01, "committed"),
        lambda: parts.CertificateFace(title="证", state="ok", rows=(), number="1"),
    ],
)
def test_an_unknown_value_fails(make) -> None:
    with pytest.raises(parts.UnknownProp):
        make()


@pytest.mark.parametrize(("share", "width"), [(0, "0.6%"), (0.5, "50.0%"), (1, "100.0%")])
def test_a_bar_can_always_be_seen(share: float, width: str) -> None:
    assert parts.TimeBar("实际", "0.4 秒", share, "real").width == width


@pytest.mark.parametrize("state", parts.CERTIFICATE_STATES)
def test_every_certificate_state_has_words_and_a_chip(state: str) -> None:
    face = parts.CertificateFace(title="证", state=state, rows=(), number="1")
    assert face.state_words
    assert face.chip in parts.CHIPS
