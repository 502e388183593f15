"""After the demo load and more than twenty applications, nothing that identifies a person lies anywhere in clear."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg2
import pytest

from bench import applying
from bench.applying import NotAsExpected
from bench.town import Town
from bench.visitor import Answer, Visitor
from tests.processes import dumping
from tests.processes.needles import DIGESTS, Needles, unpacked
from tests.processes.watching import within

demo_lives = pytest.importorskip("portal.demo.district.lives")
demo_residents = pytest.importorskip("portal.demo.district.residents")

pytestmark = pytest.mark.timeout(300)  # whichever comes first sets up a town
PROGRAMS = ("registers", "gateway", "web", "worker", "beat")
TYPED = {
    "contact_mobile": "13711112222",
    "other_bank": "示例商业银行",
    "other_account": "6222001234567890123",
}
TYPED_ADDRESS = "示例市龙湖区金霞街道嵩山路 77 号 5 幢 601 室"


def secrets() -> list[str]:
    """What identifies the people of the demo, and what was typed into forms."""
    everybody = demo_residents.residents(demo_lives.district())
    numbers = [
        text for one in everybody for text in (one.id_number, one.mobile, one.account_number, one.address)
    ]
    own = [
        str(value)
        for one in everybody
        for held in one.certificates.values()
        for name, value in held.fields.items()
        if name in {"account_number", "card_number", "address", "id_number"} and "{" not in str(value)
    ]
    return [*numbers, *own, TYPED["contact_mobile"], TYPED["other_account"], TYPED_ADDRESS]


@pytest.fixture(scope="module")
def heard(town: Town) -> Iterator[list[bytes]]:
    """Everything said to the broker while the applications were made; the town's programs run meanwhile."""
    with dumping.overhearing(town.broker.url()) as told:
        town.have(*PROGRAMS)
        yield told


@pytest.fixture(scope="module")
def applied(town: Town, heard: list[bytes]) -> list[str]:
    """The references of what everybody applied for, after all of it has been looked at by the machine."""
    district = demo_lives.district()
    owners = [life for life in district.lives if life.business is not None]
    others = [life for life in district.lives if life.business is None]
    some = [
        *owners[:8],
        *others[:16],
    ]  # everybody is loaded; what is applied for by some is enough to look at
    cases = [case for life in some for case in life_applies(town, life, district)]
    assert within(60, lambda: waiting(town) == 0)
    return cases


def life_applies(town: Town, life: Any, district: Any) -> Iterator[str]:
    """Apply for the allowance, and for one's shop if there is one; with a wrong number tried first."""
    visitor = Visitor(town.site)
    try:
        page = applying.sign_in(visitor, username=life.username, password=district.password)
        yield apply(visitor, district.matters["allowance"].code, agree=life.consent)
        if life.business is not None:
            act_for_business(visitor, page)
            yield apply(visitor, district.matters["filing"].code, commitment="yes")
        visitor.get("/me")
        visitor.get("/certificates")
    finally:
        visitor.close()


def apply(visitor: Visitor, matter: str, *, agree: bool = True, **given: str) -> str:
    page = applying.consent(visitor, matter=matter, agree=agree)
    if page.url.endswith("/check"):  # nothing missing: correct something all the same
        page = visitor.get(page.url.removesuffix("check") + "1")
    wrong = page.form(holding="act")
    if "contact_mobile" in wrong.names:
        refused = visitor.post(page, wrong, contact_mobile="1371111", act="next")
        assert refused.status == 422
    given = {**TYPED, "account": "other", **given}
    given |= {name: TYPED_ADDRESS for name in ("address",) if name in wrong.names and not agree}
    return applying.reference(applying.submit(visitor, through(visitor, page, given)))


def through(visitor: Visitor, page: Answer, given: Mapping[str, str]) -> Answer:
    for _ in range(3):  # a field may appear only after the answer before it was sent
        try:
            return applying.answer(visitor, page, **given)
        except NotAsExpected:
            page = visitor.get(page.url)
    raise AssertionError(page.words)


def act_for_business(visitor: Visitor, page: Answer) -> None:
    """Choose the identity of one's business."""
    me = visitor.get("/me")
    (form,) = [one for one in me.forms() if one.fields.get("whom", "").startswith("organisation:")]
    visitor.follow(visitor.post(me, form))


def waiting(town: Town) -> int:
    return count(town, "approvals_application WHERE state = 'submitted'")


def count(town: Town, rows: str) -> int:
    line = psycopg2.connect(town.server.url("portal_owner"))
    try:
        with line.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {rows}")
            return int((cursor.fetchone() or (-1,))[0])
    finally:
        line.close()


@pytest.fixture(scope="module")
def needles() -> Needles:
    return Needles(secrets())


def test_the_search_finds_what_is_there(needles: Needles) -> None:
    """A search that cannot find is worth nothing: each way is planted and must be found."""
    secret = needles.secrets[0]
    for name in DIGESTS:
        digest = hashlib.new(name, secret.encode()).digest()
        assert needles.found_in(b"x" + digest.hex().encode())
        assert needles.found_in(b'{"a": "' + base64.b64encode(digest) + b'"}')
    assert needles.found_in(f"\\x{secret.encode().hex()}\t7".encode())
    assert needles.numbers_in(b"9" + secret.encode() + b"9")
    session = base64.urlsafe_b64encode(
        zlib.compress(f'{{"unsaved": "mobile={secret}", "pad": "{"x" * 40}"}}'.encode())
    )
    assert any(needles.found_in(inner) for inner in unpacked(b"." + session.rstrip(b"=") + b":1tA:sig"))


def test_at_least_twenty_applications_were_made(town: Town, applied: list[str]) -> None:
    assert len(set(applied)) >= 20


def test_what_went_out_names_nobody(town: Town, applied: list[str], needles: Needles) -> None:
    """Everybody was told by SMS; neither what was said nor what the stand-in keeps leads to anybody."""
    assert within(60, lambda: count(town, "accounts_delivery WHERE state = 'waiting'") == 0)
    assert count(town, "accounts_delivery WHERE state = 'sent'") >= len(applied)
    gateway = town.environment["SMS_URL"].removesuffix("/sms")
    with urllib.request.urlopen(f"{gateway}/sent", timeout=5) as answer:
        kept = answer.read()
    texts = [letter["text"] for letter in json.loads(kept)["letters"]]
    assert len(texts) > 10
    assert max(len(text) for text in texts) <= 70
    visitor = Visitor(town.site)
    page = visitor.get("/demo/sms").text
    visitor.close()
    assert texts[0] in page
    for shown in (kept, page.encode(), json.dumps(texts, ensure_ascii=False).encode()):
        assert not needles.found_in(shown)
    names = {one.name for one in demo_residents.residents(demo_lives.district())}
    assert not [name for name in names for text in texts if name in text]


def test_no_table_holds_it(town: Town, applied: list[str], needles: Needles) -> None:
    found = dumping.tables(town.server.url("portal_owner"))
    assert len(found) > 30
    assert sum(len(rows) for rows in found.values()) > 500_000
    wrong = {name: needles.found_in(rows)[:5] for name, rows in found.items()}
    sessions = found["public.django_session"]
    wrong["inside sessions"] = [text for inner in unpacked(sessions) for text in needles.found_in(inner)]
    assert not {name: texts for name, texts in wrong.items() if texts}


def test_the_broker_never_heard_it(
    town: Town, applied: list[str], heard: list[bytes], needles: Needles
) -> None:
    said = b"\n".join([b"".join(heard), *dumping.broker(town.broker.url()).values()])
    assert b"approvals.tasks.decide" in said
    assert not needles.found_in(said)
    assert not [text for inner in unpacked(said) for text in needles.found_in(inner)]


def test_no_file_holds_it(town: Town, applied: list[str], needles: Needles) -> None:
    """Logs, the stand-in's file, the journal's heads; and PostgreSQL's own files, where deleted rows still lie."""
    seen, wrong = 0, {}
    for path, content in dumping.files(town):
        seen += 1
        ours = town.server.data not in path.parents
        if found := (needles.found_in(content) if ours else needles.numbers_in(content)):
            wrong[str(path)] = found[:5]
    assert seen > 100
    assert not wrong
