"""docs/reference/demo-lives.md: who the demo's people are and what each matter decides, written from the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from portal.demo.district.lives import VERDICTS, Colleague, District, Life

AGES_ON = date(2026, 11, 23)  # the day of the tested grid
PAGE = Path("docs") / "reference" / "demo-lives.md"
HEAD = """# Demo lives
Written by `manage.py demo_accounts --write-docs` from `portal/demo/district/lives.json`; a test compares the two.

`manage.py load_demo` enters these people through the product's own verbs and importers, with {more} more people
and {shops} more businesses from a fixed seed, all marked as demo data. Loading again changes nothing. Days of
validity count from the day of loading, births are fixed. Every account has the password `{password}`;
`/demo/sign-in` needs none. `tests/portal/demo/test_grid.py` holds the grid with the reason of every check that does
not pass, `tests/portal/demo/test_every_matter.py` what each life is there to show, to its end.

The page, the sign-in and the clock (`/demo/clock`, forward by days, for web server, worker and timetable within a
second) exist only with `DEMO=1`. Django then refuses a `PUBLIC_HOST` that is not this machine; web server, worker
and timetable end at their start when `load_demo` did not mark the database, and it marks none that holds real
people. Sign-in and clock look for the mark again at every act and answer 503 without it.
"""
WRONG = "wrong_applicant"
MEANINGS = (
    "当场办结: granted at once; 一次补正: one notice with all defects; 转人工: goes to an officer."
    " In bold what a life is there to show; what is not named is not for this kind of applicant, not in their"
    " mandate, or not part of the tested grid."
)


def page(district: District, *, on: date) -> str:
    """Return the whole page; ages as of a day."""
    head = HEAD.format(
        more=district.more_people,
        shops=district.more_businesses,
        password=district.password,
    )
    lives = [_line([_cell(life), _verdicts(life, district), life.story]) for life in district.lives]
    return "\n".join(
        [
            head,
            "## People",
            MEANINGS,
            "",
            *_head(["user name", "name", "who", "what is decided", "story"]),
            *lives,
            "",
            "## Ages and certificates",
            f"Ages on {on.isoformat()}; everybody holds the usual certificates of `usual` but for what is named here.",
            "",
            *_head(["user name", "born", "age", "differs in"]),
            *(
                _line(
                    [f"`{life.username}`", life.born.isoformat(), str(age(life.born, on=on)), differs(life)]
                )
                for life in district.lives
            ),
            "",
            "## Staff",
            *_head(["user name", "name", "who", "story"]),
            *(_line([_cell(one), one.story]) for one in district.staff),
            "",
        ]
    )


def age(born: date, *, on: date) -> int:
    """Return completed years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def differs(life: Life) -> str:
    """Return in what a life differs from the usual: names in lives.json."""
    return "; ".join(_differences(life)) or "nothing"


def _differences(life: Life) -> Iterator[str]:
    if not life.consent:
        yield "gives no consent"
    certificates = {**life.certificates, **(life.business.certificates if life.business else {})}
    for slug, own in certificates.items():
        yield f"no `{slug}`" if own is None else f"`{slug}`"
    for name, values in life.registers.items():
        yield f"not found in `{name}`" if values is None else f"`{name}`"
    yield from (f"answers of {name}" for name in life.answers)
    if life.business:
        yield f"operates {life.business.name}"
    if not life.mobile:
        yield "no mobile phone"
    yield from _ties(life)


def _ties(life: Life) -> Iterator[str]:
    """Name who acts for whom, who lives together, and the post."""
    if life.delegates:
        yield f"delegates {', '.join(life.delegates.matters) or 'everything'} to `{life.delegates.to}`"
    if life.guardian:
        yield f"guardian: `{life.guardian}`"
    if life.guardian_asks:
        yield f"asks to be guardian: `{life.guardian_asks}`"
    if life.agent_of:
        shows = ", with its certificates" if life.agent_of.certificates else ""
        yield f"agent of `{life.agent_of.head}` for {', '.join(life.agent_of.matters) or 'everything'}{shows}"
    if life.household:
        yield f"household {life.household}"
    if life.post:
        yield f"post: {life.post.role.value}"


def _cell(one: Life | Colleague) -> str:
    return f"`{one.username}` | {one.name} | {one.title}"


def _verdicts(life: Life, district: District) -> str:
    said = []
    for name, matter in district.matters.items():
        verdict = life.expects.get(name, WRONG)
        if verdict != WRONG:
            shown = f"{matter.short} {VERDICTS[verdict]}"
            said.append(f"**{shown}**" if name in life.tries else shown)
    return "；".join(said)


def _head(columns: list[str]) -> list[str]:
    return [_line(columns), "|" + "---|" * len(columns)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
