"""The pages of a draft's parts: every page of every matter, drawn and posted back as it was drawn, changes nothing."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from lxml.html import fromstring

from matters.format.package import Package
from matters.format.wording import WORDS
from matters.models import EditionDraft
from matters.writing.examining import Examined, examine
from portal.catalogue.builder import editing, shapes
from portal.catalogue.showing.listing import TABLES
from portal.catalogue.showing.sections import SECTIONS
from tests.matters.documents import filed

SOURCES = filed()
MOST_FIELDS = 290  # DATA_UPLOAD_MAX_NUMBER_FIELDS is 300


class Form:
    """The fields of a page's form as a browser would post them, and its buttons."""

    def __init__(self, page: str) -> None:
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        for form in fromstring(page).iter("form"):
            if "data-builder" in form.attrib:
                for one in form.iter("input", "select", "textarea", "button"):
                    self._take(one)

    def _take(self, one: Any) -> None:
        name, value = one.get("name", ""), one.get("value", "")
        if one.tag == "button":
            self.buttons.append(value)
        elif one.tag == "textarea":
            self.fields.append((name, one.text or ""))
        elif one.tag == "select":
            options = list(one.iter("option"))
            chosen = next((option for option in options if "selected" in option.attrib), options[0])
            self.fields.append((name, chosen.get("value", "")))
        elif one.get("type") != "checkbox" or "checked" in one.attrib:
            self.fields.append((name, value))


def form_of(browser: Client, address: str) -> Form:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return Form(answer.content.decode())


def send(browser: Client, address: str, **changed: Any) -> str:
    """Post a page as it was drawn, with some fields written otherwise; return where it leads."""
    values: dict[str, list[str]] = {}
    for name, value in form_of(browser, address).fields:
        values.setdefault(name, []).append(value)
    for name, value in changed.pop("fields", {}).items():
        assert name in values, f"{name} is not on {address}: {sorted(values)}"
        values[name] = value if isinstance(value, list) else [value]
    answer = browser.post(address, values | changed)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"])


def addresses(content: Any) -> list[str]:
    """Return the address of every page of a package's parts."""
    found = [section.address for section in SECTIONS if not section.table]
    for key in ("checks", "materials", "certificate_types", "registers"):
        found += [f"{key}.{at}" for at in range(len(content.get(key, [])))]
    for at, page in enumerate(content["form"]["pages"]):
        found += [
            f"form.pages.{at}",
            *(f"form.pages.{at}.questions.{n}" for n in range(len(page["questions"]))),
        ]
    if content.get("outcome"):
        found += ["outcome.columns", *(f"outcome.rows.{at}" for at in range(len(content["outcome"]["rows"])))]
    return found


def meant(content: Any) -> Any:
    """Return a package as it means: one basis is a list of one."""
    found = json.loads(json.dumps(content))
    for check in found["checks"]:
        check["basis"] = check["basis"] if isinstance(check["basis"], list) else [check["basis"]]
    return found


@pytest.mark.parametrize("path", sorted(Path("data/matters").glob("*.json")), ids=lambda path: path.stem)
def test_every_page_of_every_matter_posted_as_drawn_changes_nothing(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    for address in addresses(content):
        place = editing.place_of(address, content=content)
        assert place is not None, address
        page = editing.Page(content, place, SOURCES, Examined(None, None, ()), "440507")
        shown = render_to_string("catalogue/form/inside.html", {"d": page.drawn, "at": ""})
        fields = Form(f"<form data-builder>{shown}</form>").fields
        assert 0 < len(fields) < MOST_FIELDS, address
        form: dict[str, list[str]] = {}
        for name, value in fields:
            form.setdefault(name, []).append(value)
        after = editing.Edit(form, place, SOURCES, "440507")(content)
        assert meant(after) == meant(content), address


def test_a_page_posted_as_drawn_is_stored_as_it_was(browser: Client, draft: EditionDraft) -> None:
    before = meant(draft.content)
    for address in ("about", "guide", "result", "checks.0", "outcome.rows.0"):
        send(browser, f"/catalogue/drafts/{draft.pk}/parts/{address}")
    draft.refresh_from_db()
    assert meant(draft.content) == before
    assert draft.revision == 6
    assert not examine(draft.content).errors


@pytest.mark.parametrize("kind", TABLES)
def test_every_list_is_shown(browser: Client, draft: EditionDraft, kind: str) -> None:
    own = {"checks", "outcome"}
    address = kind if kind in own else f"tables/{kind}"
    answer = browser.get(f"/catalogue/drafts/{draft.pk}/{address}")
    assert answer.status_code == 200
    assert TABLES[kind].title in answer.content.decode()


def test_every_key_of_the_format_has_a_name_people_read() -> None:
    waiting: list[Any] = [Package]
    seen = set()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        for key, shape in shapes.fields_of(model):
            assert key in WORDS.get(model.__name__, {}), f"{model.__name__}.{key}"
            assert not shape.choices or all(
                not words.isascii() or not words.islower() for _, words in shape.choices
            )
            inner = shape.item.model if shape.item else shape.model
            waiting += [inner] if inner is not None else []


def test_an_unknown_page_is_not_found(browser: Client, draft: EditionDraft) -> None:
    for address in ("parts/checks.99", "parts/what", "parts/guide.fee", "tables/what", "parts/checks.x"):
        assert browser.get(f"/catalogue/drafts/{draft.pk}/{address}").status_code == 404


EXTREMES = [
    {"fact": "cert.resident_id.birth_date", "op": "le", "value": "9999-12-31"},
    {"fact": "cert.resident_id.birth_date", "op": "ge", "value": "0001-01-01"},
    {"fact": "derived.age", "op": "ge", "value": 2025},
    {"fact": "derived.age", "op": "ge", "value": 10**15},
]


@pytest.mark.parametrize("condition", EXTREMES)
def test_no_value_locks_a_draft(browser: Client, draft: EditionDraft, condition: dict[str, Any]) -> None:
    send(
        browser,
        f"/catalogue/drafts/{draft.pk}/parts/checks.0",
        fields={"checks[0].condition:json": json.dumps(condition)},
        act="json:checks[0].condition",
    )
    for page in ("checks", "outcome", "parts", "parts/checks.0", "try", "backtests", "compare", "review"):
        assert browser.get(f"/catalogue/drafts/{draft.pk}/{page}").status_code == 200, page


def test_a_fault_of_ours_in_looking_for_faults_locks_no_draft(
    browser: Client, draft: EditionDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matters.lint.linting.lint", lambda *_, **__: 1 / 0)
    assert "系统出了错" in browser.get(f"/catalogue/drafts/{draft.pk}/parts/checks.0").content.decode()
    assert examine(draft.content).errors


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"fact": "derived.age", "op": "ge", "value": 80,}', "不是有效的 JSON（第 1 行"),
        ('{"fact": "derived.age", "op": "ge", "op": "le", "value": 80}', "“op”出现了两次"),
        ('{"fact": "derived.age", "op": "ge", "value": NaN}', "不能使用 NaN"),
        ('{"fact": "derived.age", "op": "ge", "value": 1e400}', "数字过大：1e400"),
        ('{"fact": "derived.age", "op": "eq", "value": "\\u0000"}', "无法识别的字符"),
    ],
)
def test_json_that_is_none_changes_nothing_and_stands_where_it_was_typed(
    browser: Client, draft: EditionDraft, text: str, why: str
) -> None:
    before = draft.content
    address = f"/catalogue/drafts/{draft.pk}/parts/checks.0"
    fields = Form(browser.get(address).content.decode()).fields
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    name = "checks[0].condition"
    answer = browser.post(address, form | {f"{name}:json": [text], "act": f"json:{name}"})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert why in page
    assert text in page
    draft.refresh_from_db()
    assert draft.content == before
