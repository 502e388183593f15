"""Whatever a form posts, the draft stays something that can be stored, examined and drawn again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matters.writing.examining import Examined
from portal.catalogue.builder import editing
from portal.catalogue.builder.editing import Edit, Page
from portal.catalogue.showing import listing
from tests.matters.documents import filed

SOURCES = filed()
CONTENT: dict[str, Any] = json.loads(Path("data/matters/senior-allowance.json").read_text(encoding="utf-8"))
PAGES = [
    "about",
    "guide",
    "uses",
    "result",
    "checks.0",
    "form.pages.0.questions.0",
    "outcome.rows.0",
    "derived",
]
STEPS = [
    "checks",
    "[0]",
    "[7]",
    ".condition",
    ".basis",
    ".told",
    ".fields",
    "result",
    ".certificate",
    "-0",
    "-0-w",
]
STEPS += [
    "form.pages",
    ".questions",
    "outcome",
    ".rows",
    ".columns",
    "uses",
    ".certificates",
    "guide",
    ".steps",
]
ACTS = ["add", "remove", "up", "down", "drop", "json", "row", "group", "row-up", "row-remove", "save", "what"]
PLACES = st.lists(st.sampled_from(STEPS), max_size=4).map("".join)
TAILS = st.sampled_from(
    ["", ":n", ":kind", ":key", ":which", ":shown", ":json", "-0:fact", "-0:kind", "-0:amount"]
)
TEXTS = st.sampled_from(
    ["", "1", "99999", "true", "row", "all", "{", "[1]", '{"all": [1]}', "cert.resident_id.name"]
)


@given(
    st.sampled_from(PAGES),
    st.tuples(st.sampled_from(ACTS), PLACES),
    st.dictionaries(st.tuples(PLACES, TAILS).map("".join), st.lists(TEXTS, max_size=2), max_size=6),
)
def test_whatever_is_posted_is_stored_and_drawn_again(
    address: str, act: tuple[str, str], form: dict[str, list[str]]
) -> None:
    place = editing.place_of(address, content=CONTENT)
    assert place is not None
    edit = Edit(form | {"act": [":".join(act)]}, place, SOURCES, "440507")
    after = json.loads(json.dumps(edit(CONTENT)))
    for again in (address, "guide", "result", "uses"):
        if (where := editing.place_of(again, content=after)) is not None:
            page = Page(after, where, SOURCES, Examined(None, None, ()), "440507")
            assert page.drawn.name == where.name
    whole = Page(after, editing.Place(()), SOURCES, Examined(None, None, ()), "440507")
    for kind in listing.TABLES:
        listing.table(kind, whole)
