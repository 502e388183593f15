"""The docs say what is there: paths, names, states, folders, commands, formats. When one fails, mend the page."""

from __future__ import annotations

import ast
import json
import re
import struct
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from approvals.states import CLOSED, TRANSITIONS
from certificates.types import TypeDefinition
from matters import freezing
from matters.format.guide import Guide
from matters.format.package import Package
from matters.format.questions import AskedQuestion, QuestionType
from matters.format.results import FieldSource
from registers.defining import RegisterDefinition
from rules import DerivedKind, UnknownReason
from rules.language.tree import Op
from rules.language.values import SourceKind
from rules.language.vocabulary import FactType
from rules.wording.showing import reason_text
from tests.project import sources

ROOT = sources.ROOT
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
EXAMPLE = DOCS / "how-to" / "example-matter.json"
FOLDERS = {name.split("/")[0] for name in map(sources.name, sources.checkout_files()) if "/" in name}
LARGEST_PICTURE = 200_000  # bytes


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text(path), flags=re.MULTILINE | re.DOTALL)


def inline_code(path: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose(path))


def section(path: Path, heading: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    mark = heading.partition(" ")[0]
    after = text(path).split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^{mark} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def first_column(table: str) -> list[str]:
    """The code words in the first cell of each row."""
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [word for cell in rows for word in re.findall(r"`([^`]+)`", cell)]


# --- links, paths, names ----------------------------------------------------------------------------------------------


def links(path: Path) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)) if "://" not in target]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as the usual viewers make them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=sources.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    assert not broken


def test_every_page_is_linked_from_another() -> None:
    linked = {(page.parent / target.partition("#")[0]).resolve() for page in PAGES for target in links(page)}
    alone = [sources.name(page) for page in PAGES if page not in linked and page.name != "README.md"]
    assert not alone


def named_paths(page: Path) -> list[str]:
    """Paths of the checkout in inline code; what stands in var/ or .venv/ is made by running it."""
    words = [word.partition("::")[0].partition(" ")[0] for word in inline_code(page)]
    paths = [word for word in words if "/" in word and not re.search(r"[<>{}…:]|YEAR|NAME", word)]
    return [path for path in paths if path.split("/")[0] in FOLDERS]


@pytest.mark.parametrize("page", PAGES, ids=sources.name)
def test_named_paths_exist(page: Path) -> None:
    missing = [path for path in named_paths(page) if not (ROOT / path).exists() and not any(ROOT.glob(path))]
    assert not missing


def test_some_paths_are_named() -> None:
    assert len(named_paths(ROOT / "README.md")) > 30


def defined(path: Path) -> set[str]:
    """Names a module defines, methods as Class.method."""
    found = set()
    for node in sources.tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return found


def test_named_functions_exist() -> None:
    named = [(page, word) for page in PAGES for word in inline_code(page) if "::" in word]
    assert len(named) > 40
    missing = []
    for page, word in named:
        file, _, name = word.partition("::")
        if not (ROOT / file).is_file() or name not in defined(ROOT / file):
            missing.append(f"{sources.name(page)}: {word}")
    assert not missing


def test_no_page_names_a_folder_of_somebodys_machine() -> None:
    naming = [
        sources.name(page) for page in PAGES if re.search(r"(?<![\w.<])/(work|home|root|Users)/", text(page))
    ]
    assert not naming


# --- what the architecture says ---------------------------------------------------------------------------------------


def test_the_state_diagram_is_the_table_of_moves() -> None:
    drawn = re.findall(r"^ +(\S+) --> ([\w\[\]*]+)", text(DOCS / "architecture.md"), flags=re.MULTILINE)
    moves = {(str(state), str(to)) for state, targets in TRANSITIONS.items() for to in targets}
    assert {pair for pair in drawn if "[*]" not in pair} == moves
    assert {state for state, to in drawn if to == "[*]"} == {str(state) for state in CLOSED}


def test_the_timetable_is_told() -> None:
    page = text(DOCS / "explanation" / "one-request.md")
    tasks = [str(entry["task"]).rpartition(".") for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert [name for module, _, name in tasks if f"`{module.replace('.', '/')}.py::{name}`" not in page] == []


def test_the_map_shows_every_folder() -> None:
    words = first_column(section(ROOT / "README.md", "## Map"))
    assert sorted(word.rstrip("/") for word in words) == sorted(FOLDERS)


# --- decisions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", DECISIONS, ids=sources.name)
def test_a_decision_says_its_status_its_day_and_its_reasons(record: Path) -> None:
    number = record.name[:4]
    lines = text(record).splitlines()
    assert lines[0].startswith(f"# {number} ")
    status = re.fullmatch(r"Status: (accepted|replaced by (\d{4}))", lines[2])
    assert status
    assert status[2] is None or any(other.name.startswith(status[2]) for other in DECISIONS)
    assert re.fullmatch(r"Date: 20\d\d-[01]\d-[0-3]\d", lines[3])
    for heading in ("Decision", "Why", "Costs"):
        assert len(section(record, f"## {heading}").strip()) > 40


def test_decisions_are_counted_and_listed() -> None:
    assert [record.name[:4] for record in DECISIONS] == [f"{at:04d}" for at in range(1, len(DECISIONS) + 1)]
    listed = re.findall(
        r"^\| \[\d{4}\]\((\S+)\) \|", text(DOCS / "decisions" / "README.md"), flags=re.MULTILINE
    )
    assert listed == [record.name for record in DECISIONS]


# --- reference --------------------------------------------------------------------------------------------------------


def test_every_command_is_in_its_table() -> None:
    words = first_column(section(DOCS / "reference" / "commands.md", "## `manage.py`"))
    files = [path for path in sources.python_files(*sources.PACKAGES) if path.parent.name == "commands"]
    assert sorted(word.split(" ")[0] for word in words) == sorted(
        path.stem for path in files if path.stem != "__init__"
    )


FORMATS = DOCS / "reference" / "data-formats.md"


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        (
            "## Matter package",
            [*Package.model_fields, *Guide.model_fields, *QuestionType, *AskedQuestion.model_fields],
        ),
        ("## Facts", [*UnknownReason, *FactType]),
        ("## Conditions", [*Op]),
        ("## Derived facts", [*DerivedKind]),
        ("## Certificate type", [*TypeDefinition.model_fields]),
        ("## Register", [*RegisterDefinition.model_fields]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_data_formats_name_every_key(heading: str, names: list[str]) -> None:
    told = set(re.findall(r"`([\w]+)`", section(FORMATS, heading)))
    assert [name for name in names if str(name) not in told] == []


def test_data_formats_name_every_fact_of_the_portal_itself() -> None:
    told = section(FORMATS, "## Facts")
    specs = [*freezing._own(), *freezing._person(), *freezing._organisation()]
    assert len(specs) > 10
    assert [spec.name for spec in specs if not re.search(rf"\b{spec.name.partition('.')[2]}\b", told)] == []


@pytest.mark.parametrize("reason", UnknownReason)
def test_data_formats_say_reasons_as_pages_do(reason: UnknownReason) -> None:
    told = section(FORMATS, "## Facts").partition(f"`{reason}` ")[2]
    kinds = (SourceKind.CERTIFICATE, SourceKind.REGISTER, SourceKind.FORM)
    words = {reason_text(reason, kind) for kind in kinds}
    assert any(told.startswith(word.partition("，")[0]) for word in words)


def test_data_formats_name_every_source_of_a_field() -> None:
    told = section(FORMATS, "## Matter package")
    assert [name for name in FieldSource.model_fields if f'"{name}":' not in told] == []


# --- the example matter -----------------------------------------------------------------------------------------------


def tried(path: Path) -> str:
    printed = StringIO()
    call_command("try_matter", path, stdout=printed)
    return printed.getvalue()


def test_the_example_matter_is_right() -> None:
    names = [example["name"] for example in json.loads(text(EXAMPLE))["examples"]]
    lines = tried(EXAMPLE).splitlines()
    assert [line.split("　")[1] for line in lines if line.startswith("√")] == names
    assert len(lines) == len(names)


@pytest.mark.parametrize(
    "mistakes",
    [
        [
            ('"op": "ge", "value": 60}', '"op": "ge", "value": "60"}'),
            ('cert.senior_card.held",', 'cert.senior_crd.held",'),
        ],
        [('"findings": {"age": "fail"}', '"findings": {"age": "pass"}')],
    ],
    ids=["names and types", "example"],
)
def test_the_page_quotes_what_the_command_prints(mistakes: list[tuple[str, str]], tmp_path: Path) -> None:
    wrong = text(EXAMPLE)
    for right, mistake in mistakes:
        assert right in wrong
        wrong = wrong.replace(right, mistake)
    file = tmp_path / "mine.json"
    file.write_text(wrong, encoding="utf-8")
    printed = StringIO()
    with pytest.raises(CommandError):
        call_command("try_matter", file, stdout=printed)
    faults = [line for line in printed.getvalue().splitlines() if line.startswith("问题")]
    assert faults
    assert [line for line in faults if line not in text(DOCS / "how-to" / "write-a-matter.md")] == []


# --- README -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", sorted((DOCS / "pictures").glob("*")), ids=sources.name)
def test_pictures_are_small_and_as_wide_as_they_say(picture: Path) -> None:
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    (width,) = struct.unpack(">I", head[16:20])
    assert picture.stem.endswith(f"-{width}")
    assert picture.stat().st_size < LARGEST_PICTURE
    assert picture in {(ROOT / target).resolve() for target in links(ROOT / "README.md")}


def test_the_tour_speaks_of_the_demo_as_it_is() -> None:
    readme = text(ROOT / "README.md")
    district = json.loads(text(ROOT / "portal" / "demo" / "district" / "lives.json"))
    names = {one["name"]: one for one in [*district["lives"], *district["staff"]]}
    toured = re.findall(
        r"(?:Become|twin|以|登录为) ?(?:孪生妹妹)?([\u4e00-\u9fff]{3})(?=（|登录|，|,| |”)", readme
    )
    assert len(toured) >= 8
    assert set(toured) <= set(names)
    assert district["password"] in readme


def test_the_tour_has_the_same_steps_in_both_languages() -> None:
    steps = [int(number) for number in re.findall(r"^(\d+)\. \*\*", text(ROOT / "README.md"), re.MULTILINE)]
    assert steps == [*range(1, len(steps) // 2 + 1)] * 2
