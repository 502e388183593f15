"""Reading the catalogue: what is in force, the plain search, and the guide of a matter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from common import clock
from matters import editions
from matters.editions import Compiled
from matters.format.questions import Material, Replacement
from matters.models import CallOff, Edition, EditionDraft, Matter

_WORDS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
LONGEST_QUERY = 60
_REGISTERS_USED = """
SELECT used.one->>'register', m.id
  FROM matters_matter m
  JOIN matters_edition e ON e.id = CASE WHEN m.next_from <= %s THEN m.next_edition_id ELSE m.current_edition_id END
 CROSS JOIN LATERAL jsonb_array_elements(e.content->'uses'->'registers') AS used(one)
 WHERE m.status = %s
"""
# What every sentence is made of says nothing about a matter: alone, or in pairs, such characters find nothing.
_FUNCTION = frozenset(
    "的地得了着过吗呢吧啊呀嘛我你您他她它们咱在是有和与或及跟就也都还又很不没要想能会可以怎么样如何什哪谁这那个些请问把被给为对一"
)


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material as the guide lists it: what replaces it in words, and by which certificate types."""

    material: Material
    replaced_by: str
    certificates: tuple[str, ...]
    brought: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything the guide page needs of a matter in force."""

    matter: Matter
    edition: Edition
    compiled: Compiled
    materials: tuple[MaterialRow, ...]


def has_edition() -> Q:
    """Return the condition that an edition is in force today: a first one that lies ahead is none yet."""
    return Q(current_edition__isnull=False) | Q(next_from__lte=clock.today())


def in_force() -> QuerySet[Matter]:
    """Return matters that can be applied for, by name."""
    published = Matter.objects.filter(has_edition(), status=Matter.Status.IN_FORCE)
    named = published.select_related("department", "current_edition").order_by("name", "code")
    return named.defer(*(f"current_{part}" for part in editions.UNREAD))


def search(q: str, *, applicant: str | None = None, life_event: str | None = None) -> list[Matter]:
    """Return matters that share a word, or two neighbouring characters, with the query; the closest first.

    An empty query returns all. The catalogue of a district is small: it is looked through in memory.
    """
    matters = in_force()
    if applicant:
        matters = matters.filter(applicant=applicant)
    if life_event:
        matters = matters.filter(life_events__contains=[life_event])
    wanted = pieces(q)
    if not wanted:
        return list(matters) if not q.strip() else []
    scored = [(_score(matter, wanted), matter) for matter in matters]
    return [matter for score, matter in sorted(scored, key=lambda pair: (-pair[0], pair[1].name)) if score]


def pieces(q: str) -> frozenset[str]:
    """Return the words and pairs of characters of a query: “高龄津贴” → 高龄, 龄津, 津贴; 的, 我想, 怎么 are none."""
    text = unicodedata.normalize("NFKC", q[:LONGEST_QUERY]).lower()
    found: set[str] = set()
    for word in _WORDS.findall(text):
        pairs = len(word) > 2 and not word.isascii()
        found |= {word[at : at + 2] for at in range(len(word) - 1)} if pairs else {word}
    return frozenset(piece for piece in found if not _FUNCTION.issuperset(piece))


def _score(matter: Matter, wanted: frozenset[str]) -> int:
    return sum(piece in matter.search_text for piece in wanted) + sum(
        piece in matter.name for piece in wanted
    )


def guide(matter: Matter) -> Guide:
    """Return the guide of a matter; raises Edition.DoesNotExist when none is in force yet."""
    edition = matter.edition_on(clock.today())
    if edition is None:
        raise Edition.DoesNotExist(matter.code)
    compiled = editions.compiled(edition)
    rows = tuple(_row(compiled, material) for material in compiled.package.materials)
    return Guide(matter, edition, compiled, rows)


@dataclass(frozen=True, slots=True)
class Past:
    """One edition in the history of its matter: from when to when it is in force, and who published it."""

    edition: Edition
    state: str  # now, next, past, called_off
    ends: date | None

    @property
    def draft(self) -> EditionDraft | None:
        """Return the draft it was written in; an edition from a file has none."""
        return getattr(self.edition, "draft", None)

    @property
    def call_off(self) -> CallOff | None:
        """Return by whom and why it was taken back before its day."""
        return getattr(self.edition, "call_off", None)


def history(matter: Matter, *, on: date) -> list[Past]:
    """Return every edition of a matter, the newest first."""
    beside = ("draft__published_by", "draft__checked_by", "draft__begun_by", "call_off__by")
    found = Edition.objects.filter(matter=matter).select_related(*beside).order_by("-number")
    now = matter.edition_id_on(on)
    past: list[Past] = []
    until: date | None = None
    for edition in found.defer("content", "vocabulary", "draft__content"):
        if hasattr(edition, "call_off"):
            past.append(Past(edition, "called_off", None))
            continue
        state = "now" if edition.pk == now else "next" if edition.begins > on else "past"
        ends = max(until - timedelta(days=1), edition.begins) if until else None
        past.append(Past(edition, state, ends))
        until = edition.begins
    return past


def _row(compiled: Compiled, material: Material) -> MaterialRow:
    words = "；".join(_in_words(compiled, replacement) for replacement in material.replaced_by)
    slugs = tuple(r.certificate for r in material.replaced_by if r.certificate is not None)
    without = "申请时上传" if material.upload else "申请人提交"
    return MaterialRow(material, words or without, slugs, not material.replaced_by)


def _in_words(compiled: Compiled, replacement: Replacement) -> str:
    if replacement.certificate is not None:
        return f"免交：电子证照（{compiled.specs[f'cert.{replacement.certificate}.held'].source_label}）"
    if replacement.register_ is not None:
        return f"免交：数据共享（{compiled.specs[f'register.{replacement.register_}.found'].source_label}）"
    if replacement.commitment is not None:
        return "告知承诺代替"
    return "系统生成，您确认"


def asking_registers() -> dict[str, set[int]]:
    """Return for each register the matters in force that ask it."""
    found: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REGISTERS_USED, [clock.today(), Matter.Status.IN_FORCE])
        for register, matter in cursor.fetchall():
            found.setdefault(register, set()).add(matter)
    return found
