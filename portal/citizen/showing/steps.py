"""The four steps every application takes, as the bar on top of its pages names them."""

from __future__ import annotations

STEPS = ("授权用证", "填写申请", "核对并提交", "看结果")
