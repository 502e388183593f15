from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from certificates import checking
from certificates.errors import NoPaper, NotSealedNow
from certificates.issuance import lifecycle
from certificates.models import Certificate, Seal, SealedPaper, SealUse
from certificates.papers import making, opening, typesetting
from certificates.sealing import statement
from certificates.states import CertificateStatus as S
from records.files import keeping
from tests.factories import papers, people, seals
from tests.factories.certificates import AT, VALUES, card_type, certificate

pytestmark = pytest.mark.django_db
RARE = "𬱖㛃䶮"


@pytest.fixture(autouse=True)
def kind(db):
    return card_type()


def test_a_paper_says_what_the_certificate_says_and_carries_its_signed_data():
    made = certificate(people.person(), values=VALUES | {"people": [{"name": "陈小明"}, {"name": "陈小红"}]})
    content = papers.paper(made)
    told = papers.text(content)
    for words in (
        made.number,
        made.identifier,
        "陈桂英",
        "6200000000000001234",
        "1940年3月15日",
        "甲",
        "陈小红",
        "长期",
    ):
        assert words in told
    assert "****" not in told
    opened = opening.open_pdf(content)
    assert opened.faults == ()
    assert json.loads(opened.attached or b"")["digest"] == made.digest
    assert statement.check_data(json.loads(opened.attached or b""), trusted=[seals.root()]) == ()
    assert opened.signed_at == AT.replace(microsecond=0)


@pytest.mark.parametrize(("is_demo", "edge"), [(True, "演示专用章"), (False, "电子证照专用章")])
def test_the_seal_on_paper_says_what_the_one_on_the_card_does(is_demo, edge):
    told = papers.text(papers.paper(certificate(people.person(), is_demo=is_demo)))
    assert [words for words in ("演示专用章", "电子证照专用章") if words in told] == [edge]


def test_rare_characters_of_names_are_drawn_and_can_be_copied():
    content = papers.paper(certificate(people.person(), values=VALUES | {"name": RARE}))
    assert RARE in papers.text(content)
    assert b"NotoSerifCJKsc" in content


def test_it_is_made_once_and_kept_sealed():
    made = certificate(people.person())
    first = papers.paper(made)
    assert making.paper_of(made, actor="person:other", at=AT + timedelta(days=9)) == first
    kept = SealedPaper.objects.get(subject=f"certificate:{made.pk}")
    assert kept.sha256 == hashlib.sha256(first).hexdigest()
    lying = (keeping.folder_of(kept.file_id) / keeping.MAIN).read_bytes()
    assert b"%PDF" not in lying
    assert made.identifier.encode() not in lying
    use = SealUse.objects.get(purpose="copy")
    assert (use.subject, use.digest, use.actor) == (kept.subject, kept.sha256, "system")


@pytest.mark.parametrize("to", [S.SUSPENDED, S.REVOKED, S.ANNULLED, S.WITHDRAWN, S.CANCELLED])
def test_only_one_that_stands_is_handed_out(to):
    made = certificate(people.person())
    papers.paper(made)
    with transaction.atomic():
        lifecycle.change_status(made, to, reason="依法", actor="system")
    with pytest.raises(NoPaper, match=str(to.label)):
        papers.paper(Certificate.objects.get(pk=made.pk))


def test_without_a_usable_seal_no_paper_is_made_and_nothing_is_left():
    made = certificate(people.person())
    Seal.objects.update(status="suspended", status_reason="保管人请假", status_changed_at=AT)
    with pytest.raises(NotSealedNow):
        papers.paper(made)
    assert not SealedPaper.objects.exists()
    assert not SealUse.objects.filter(purpose="copy").exists()


def test_a_certificate_of_an_older_store_says_that_it_was_not_signed():
    made = certificate(people.person())
    unsigned = {"seal": None, "signature": "", "algorithm": "", "signed_at": None}
    for name, value in unsigned.items():
        setattr(made, name, value)
    content = papers.paper(made)
    assert "颁发时没有电子签名" in papers.text(content)
    assert json.loads(opening.open_pdf(content).attached or b"")["signature"] == ""


def test_the_size_stays_small():
    long = VALUES | {
        "number": "有效期限内每年一次" * 20,
        "people": [{"name": f"成员{letter}"} for letter in "甲乙丙丁戊己"],
    }
    assert len(papers.paper(certificate(people.person(), values=long))) <= 60_000


def test_the_code_leads_to_the_configured_page_whoever_asks(settings, monkeypatch):
    settings.CHECK_ADDRESS = "https://check.example.gov.cn"
    drawn: list[str] = []
    draw = typesetting.code

    def noting(address: str) -> str:
        drawn.append(address)
        return draw(address)

    monkeypatch.setattr(typesetting, "code", noting)
    made = certificate(people.person())
    assert "check.example.gov.cn/check" in papers.text(papers.paper(made))
    assert drawn == [f"https://check.example.gov.cn/c/{made.check_token}"]
    assert checking.check(made.check_token, on=papers.TODAY).state == "valid"


def test_what_stands_in_it_is_never_read_as_source(tmp_path):
    """Typst's own marks, quotes and lines come out as they went in."""
    hostile = '#read("/etc/passwd") $x$ *b* _i_ [#panic()] "引号" \\ `r` <a> @b // c /* d */ 陈'
    content = papers.paper(certificate(people.person(), values=VALUES | {"name": hostile}))
    assert "".join(hostile.split()) in papers.text(content)
    assert opening.open_pdf(content).faults == ()


@pytest.mark.django_db(transaction=True)
def test_two_first_downloads_make_one_paper():
    made = certificate(people.person())
    got: list[bytes] = []
    start = threading.Barrier(2)

    def download() -> None:
        start.wait()
        try:
            got.append(papers.paper(made))
        finally:
            connection.close()

    both = [threading.Thread(target=download) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert len(got) == 2
    assert got[0] == got[1]
    assert SealedPaper.objects.count() == 1
    assert SealUse.objects.filter(purpose="copy").count() == 1
