"""The list that is published (免证办清单): what it says of each matter, and what changed since the one before. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import rfc8785

from matters.covering.ways import WORDS, Coverage, Way

Content: TypeAlias = dict[str, Any]
Change: TypeAlias = dict[str, str]
FORMAT = 1
KINDS = ("added", "freed", "changed", "bound", "gone")  # in this order: what is good news comes first


def content(coverages: Iterable[Coverage]) -> Content:
    """Return what the list says today: every matter with its materials, those with nothing to bring marked."""
    return {"format": FORMAT, "matters": [_matter(one) for one in coverages]}


def _matter(one: Coverage) -> Content:
    return {
        "code": one.subject.code,
        "name": one.subject.name,
        "department": one.subject.department,
        "applicant": one.subject.applicant,
        "whole": one.whole,
        "materials": [
            {
                "code": cover.asked.code,
                "name": cover.asked.name,
                "free": cover.free,
                "way": str(cover.way),
                "by": list(cover.by),
                "situation": cover.asked.conditional,
            }
            for cover in one.covers
        ],
    }


def digest(told: Content) -> str:
    """Return SHA-256 over the canonical JSON (RFC 8785) of a list's content."""
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def totals(told: Content) -> dict[str, int]:
    """Return how many matters and materials a list names, and how many of them need nothing brought."""
    materials = [one for matter in told["matters"] for one in matter["materials"]]
    return {
        "matters": len(told["matters"]),
        "whole": sum(matter["whole"] for matter in told["matters"]),
        "materials": len(materials),
        "free": sum(one["free"] for one in materials),
    }


def words(material: Mapping[str, Any]) -> str:
    """Return in words how a material of a list is met."""
    told = WORDS[Way(material["way"])]
    return f"{told}：{'、'.join(material['by'])}" if material["by"] else told


def changes(before: Content | None, after: Content) -> list[Change]:
    """Return what is new, changed and gone between two lists, matter by matter, each as a sentence."""
    if before is None:
        return []
    old = {matter["code"]: matter for matter in before["matters"]}
    new = {matter["code"]: matter for matter in after["matters"]}
    found: list[Change] = []
    for code, matter in new.items():
        if code in old:
            found += _matter_changes(old[code], matter)
        else:
            found.append(_change("added", matter, f"新列入清单，{_standing(matter)}"))
    found += [_change("gone", old[code], "移出清单，现在不能网上申请") for code in old.keys() - new.keys()]
    return sorted(found, key=lambda one: (KINDS.index(one["kind"]), one["matter"]))


def _matter_changes(old: Content, new: Content) -> list[Change]:
    was = {one["code"]: one for one in old["materials"]}
    now = {one["code"]: one for one in new["materials"]}
    found = [told for code in now if (told := _material_change(new, was.get(code), now[code])) is not None]
    found += [_change("changed", new, f"不再要求“{was[code]['name']}”") for code in was if code not in now]
    if old["whole"] != new["whole"]:
        said = "全部材料都不用带，成为免证办事项" if new["whole"] else "有材料要带，不再是免证办事项"
        found.insert(0, _change("freed" if new["whole"] else "bound", new, said))
    return found


def _material_change(matter: Content, was: Content | None, now: Content) -> Change | None:
    """Say what became of one material; None where the list says the same of it."""
    name = now["name"]
    if was is None:
        how = f"不用带（{words(now)}）" if now["free"] else f"要带（{words(now)}）"
        return _change("changed" if now["free"] else "bound", matter, f"新增材料“{name}”，{how}")
    if now["free"] and not was["free"]:
        return _change("freed", matter, f"“{name}”改为不用带（{words(now)}）")
    if was["free"] and not now["free"]:
        return _change("bound", matter, f"“{name}”改为要带（{words(now)}，原来是{words(was)}）")
    if words(was) != words(now):
        return _change("changed", matter, f"“{name}”改由{words(now)}代替（原来是{words(was)}）")
    if was["name"] != name:
        return _change("changed", matter, f"“{was['name']}”改称“{name}”")
    return None


def _standing(matter: Content) -> str:
    left = sum(not one["free"] for one in matter["materials"])
    return f"还有 {left} 份材料要带" if left else "全部材料都不用带"


def _change(kind: str, matter: Content, said: str) -> Change:
    return {"kind": kind, "code": matter["code"], "matter": matter["name"], "text": said}
