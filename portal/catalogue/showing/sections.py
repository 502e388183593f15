"""What the pages of a draft are called, where they lie, and which comes before and after."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse

from matters.format.wording import WORDS
from matters.lint.leftovers import Change
from matters.models import EditionDraft
from matters.writing.examining import Examined
from portal.catalogue.builder import acting, editing
from portal.catalogue.builder.editing import ABOUT
from portal.catalogue.builder.offering import as_dict, dicts

Content = dict[str, Any]
_ROOT = WORDS["Package"]
_NAMES = {
    "checks": "核验项",
    "materials": "材料",
    "questions": "问题",
    "pages": "填写页",
    "rows": "结果表的行",
}
_NAMES |= {"certificate_types": "证照类型", "registers": "数据来源"}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a package: a form (`part`) or a list (`table`), and where its faults stand."""

    title: str
    hint: str
    address: str
    table: bool
    paths: tuple[str, ...]

    def state(self, content: Content, examined: Examined) -> tuple[int, int | None]:
        """Return how many faults bar publication, and how many entries a list has."""
        errors = sum(not problem.warning for path in self.paths for problem in examined.under(path))
        if not self.table:
            return errors, None
        if self.address == "questions":
            pages = dicts(as_dict(content.get("form")).get("pages"))
            return errors, sum(len(dicts(page.get("questions"))) for page in pages)
        return errors, len(dicts(content.get(self.address)))


def _form(address: str, *paths: str, title: str = "") -> Section:
    known, hint = _ROOT.get(address, ("", ""))
    return Section(title or known, hint, address, table=False, paths=paths or (address,))


def _list(address: str, path: str = "") -> Section:
    title, hint = _ROOT["form" if address == "questions" else address]
    return Section(title, hint, address, table=True, paths=(path or address,))


SECTIONS = (
    _form("about", *ABOUT, "code", "base_code", "department", title="名称、检索词和办理方式"),
    _form("guide"),
    _list("questions", "form"),
    _list("materials"),
    _form("situations"),
    _form("uses"),
    _form("derived"),
    _form("result"),
    _list("certificate_types"),
    _list("registers"),
    _list("examples"),
)


def address_of(name: str) -> str:
    """Return the address of a page: `checks[2]` lies at `checks.2`."""
    return ".".join(str(step) for step in acting.steps_of(name))


def around(content: Content, address: str) -> dict[str, Any]:
    """Return the title of a page and, for one entry of a list, its neighbours and the list."""
    steps = tuple(int(word) if word.isdecimal() else word for word in address.split("."))
    if not isinstance(steps[-1], int):
        title = next(
            (section.title for section in SECTIONS if section.address == address),
            _ROOT.get(address, ("结果表的列", ""))[0],
        )
        return {"title": title, "before": "", "after": "", "kind": ""}
    held = acting.at(content, steps[:-1])
    count = len(held) if isinstance(held, list) else 0
    stem, at = ".".join(map(str, steps[:-1])), steps[-1]
    one = as_dict(acting.at(content, steps))
    kind = _NAMES.get(str(steps[-2]), "")
    name = next((str(one[key]) for key in ("label", "title", "name") if one.get(key)), "")
    return {
        "title": f"{kind} {at + 1}：{name}" if name else f"{kind} {at + 1}",
        "before": f"{stem}.{at - 1}" if at else "",
        "after": f"{stem}.{at + 1}" if at + 1 < count else "",
        "kind": kind,
    }


def table_of(address: str) -> str:
    """Return the list a page belongs to, empty for one that stands by itself."""
    first, *rest = address.split(".")
    if first == "derived":
        return "checks"
    return {"form": "questions"}.get(first, first) if rest else ""


@dataclass(frozen=True, slots=True)
class Stale:
    """One text that still names what a condition no longer asks for, and the page it is mended on."""

    title: str
    url: str
    around: str


def leftovers(draft: EditionDraft, examined: Examined) -> list[tuple[Change, list[Stale]]]:
    """Return the texts to look at again, by the condition that was changed."""
    found = groupby(examined.leftovers, key=lambda one: one.change)
    return [(change, [_stale(draft, one.path, one.around) for one in group]) for change, group in found]


def _stale(draft: EditionDraft, path: str, around_it: str) -> Stale:
    address = page_of(draft.content, path)
    if path.startswith("examples["):
        return Stale("样例", reverse("catalogue:table", args=[draft.pk, "examples"]), around_it)
    url = reverse("catalogue:part", args=[draft.pk, address])
    title = around(draft.content, address)["title"]
    steps = acting.steps_of(path)
    inside = WORDS["Guide"].get(str(steps[1]), ("", ""))[0] if address == "guide" and len(steps) > 1 else ""
    return Stale(f"{title}，{inside}" if inside else title, f"{url}#{path}", around_it)


def page_of(content: Content, path: str) -> str:
    """Return the address of the page on which a place of the package is written."""
    steps = acting.steps_of(path)
    for end in range(len(steps), 0, -1):
        address = address_of(acting.name_of(steps[:end]))
        if editing.place_of(address, content=content) is not None:
            return address
    return "about"
