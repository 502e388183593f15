"""Puts something onto every page of a demo town: people apply, an officer asks and refuses, somebody stops half way."""

from __future__ import annotations

import json
import time
from typing import Any

from bench import applying
from bench.town import Town
from bench.visitor import Answer, Visitor
from bootstrap.places import ROOT

District = dict[str, Any]

LIVES = ROOT / "portal" / "demo" / "district" / "lives.json"
PATIENCE = 60.0
REASON = "经向公安机关和社保经办机构核对，您在邻市领取同类津贴，不符合发放办法第五条。"
DEFECT = "请说明现在是否还在别处领取，并写明停发的日期。"


def stage(town: Town) -> None:
    """Have every state of an application shown by somebody; the town's programs must be running."""
    whole: District = json.loads(LIVES.read_text(encoding="utf-8"))
    allowance, shop = whole["matters"]["allowance"]["code"], whole["matters"]["shop"]["code"]
    _apply(town, whole, "chenxiuying", allowance)
    _apply(town, whole, "wuchaoxin", allowance)
    refused = _apply(town, whole, "liubaozhu", allowance)
    asked = _apply(town, whole, "yuhansheng", allowance, agree=False)
    withdrawn = _apply(town, whole, "zhangruiying", allowance)
    _apply(town, whole, "yangpeiling", shop)
    _begin(town, "xiejunjie", shop)
    _withdraw(town, "zhangruiying", withdrawn)
    _decide(town, whole["staff"][0]["username"], refused=refused, asked=asked)


def _visitor(town: Town, username: str) -> Visitor:
    visitor = Visitor(town.site, timeout=PATIENCE)
    page = visitor.get("/demo/sign-in")
    form = next(form for form in page.forms() if form.fields.get("username") == username)
    visitor.follow(visitor.post(page, form))
    return visitor


def _apply(town: Town, whole: District, username: str, matter: str, *, agree: bool = True) -> str:
    """Apply with the answers of lives.json; return the reference when the machine has looked at it."""
    visitor = _visitor(town, username)
    life = next(life for life in whole["lives"] if life["username"] == username)
    named = next(name for name, known in whole["matters"].items() if known["code"] == matter)
    told = {**whole["matters"][named].get("answers", {}), **life.get("answers", {}).get(named, {})}
    given = {name: _typed(value, name=life["name"]) for name, value in told.items()}
    page = applying.consent(visitor, matter=matter, agree=agree)
    given = {"account": "other", "address": "长平路 1 号", "contact_mobile": "13700000000", **given}
    for _ in range(3):  # a field may appear only after the answer before it was sent
        try:
            page = applying.answer(visitor, page, **given)
            break
        except applying.NotAsExpected:
            page = visitor.get(page.url)
    submitted = applying.submit(visitor, page)
    _wait_for_words(visitor, submitted.location)
    visitor.close()
    return applying.reference(submitted)


def _typed(value: object, *, name: str) -> str:
    return "yes" if value is True else str(value).replace("{name}", name)


def _wait_for_words(visitor: Visitor, address: str) -> Answer:
    until = time.monotonic() + PATIENCE
    while "data-poll" in (page := visitor.get(address)).text:
        if time.monotonic() > until:
            raise AssertionError(f"nobody decides {address}")
        time.sleep(0.3)
    return page


def _begin(town: Town, username: str, matter: str) -> None:
    """Agree, and go away when the questions come."""
    visitor = _visitor(town, username)
    applying.consent(visitor, matter=matter)
    visitor.close()


def _withdraw(town: Town, username: str, reference: str) -> None:
    visitor = _visitor(town, username)
    address = f"/applications/{reference}/withdraw"
    page = visitor.get(address)
    visitor.follow(visitor.post(page, page.form(action="/withdraw")))
    visitor.close()


def _decide(town: Town, officer: str, *, refused: str, asked: str) -> None:
    """Refuse one case in two steps, and ask for something in another."""
    visitor = _visitor(town, officer)
    page = visitor.get(f"/office/applications/{refused}/refuse")
    page = visitor.post(page, page.form(holding="reasons"), reasons=REASON, step="check")
    page = visitor.follow(visitor.post(page, page.form(holding="reasons"), step="confirm"))
    page = visitor.get(f"/office/applications/{asked}/ask")
    form = page.form(action="/ask")
    what = next(name for name in sorted(form.names) if name.startswith("open_"))
    visitor.follow(visitor.post(page, form, **{what: "on", what.replace("open_", "text_"): DEFECT}))
    visitor.close()
