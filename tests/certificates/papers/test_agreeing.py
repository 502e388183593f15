"""A sealed paper before all who may be asked: our tool, pyHanko, poppler's pdfsig and the public page say the same."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bootstrap import tools
from certificates import verify
from certificates.models import Certificate
from certificates.sealing import keys
from certificates.verify import State
from common import clock
from tests.factories import papers, people, seals
from tests.factories.certificates import AT, TODAY, card_type, certificate

pytestmark = pytest.mark.django_db
GREEN = "verdict__mark--pass"


@pytest.fixture
def poppler(tmp_path: Path) -> papers.Poppler:
    if not tools.are_there():
        assert os.environ.get("CI") != "true", tools.ADVICE
        pytest.skip(tools.ADVICE)
    return papers.Poppler(tmp_path)


@pytest.fixture
def made() -> Certificate:
    card_type()
    return certificate(people.person())


def by_page(content: bytes) -> bool:
    clock.set_source(lambda: AT)
    sent = SimpleUploadedFile("x.pdf", content)
    return GREEN in Client().post("/check/file", {"file": sent}).content.decode()


def ours(content: bytes) -> bool:
    return verify.verify(content, trusted=[seals.root()], on=TODAY).state is State.GENUINE


def test_all_agree_on_the_whole_paper_and_on_one_changed_byte(
    made: Certificate, poppler: papers.Poppler
) -> None:
    content = papers.paper(made)
    judges = (ours, papers.believed_by_pyhanko, poppler.believes, by_page)
    assert [judge(content) for judge in judges] == [True] * 4
    covered, _ = papers.positions(content, many=3)
    for position in covered[1::4]:
        changed = papers.flipped(content, position)
        assert [judge(changed) for judge in judges] == [False] * 4, position


def test_poppler_refuses_wherever_the_byte_stands(made: Certificate, poppler: papers.Poppler) -> None:
    content = papers.paper(made)
    for position in papers.positions(content, many=60)[0]:
        assert not poppler.believes(papers.flipped(content, position)), position


def test_a_persons_certificate_is_refused_by_us_though_its_authority_is_trusted(
    made: Certificate, poppler: papers.Poppler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other tools say is true: it is signed, and by somebody the authority knows. It is no organ."""
    private = ec.generate_private_key(ec.SECP256R1())
    own = seals.signed(seals._name("王五"), private.public_key(), by=seals.root_key())
    content = papers.paper(made)
    monkeypatch.setattr(
        keys.FILE_KEYS, "sign", lambda _name, data: private.sign(data, ec.ECDSA(hashes.SHA256()))
    )
    forged = papers.sealed_anew(content, certificate_pem=seals.pem(own))
    assert [judge(forged) for judge in (papers.believed_by_pyhanko, poppler.believes)] == [True] * 2
    assert [judge(forged) for judge in (ours, by_page)] == [False] * 2


def test_a_seal_that_was_not_in_force_is_refused_by_the_time_it_names(made: Certificate) -> None:
    """pdfsig asks only whether it is in force today."""
    late = papers.sealed_anew(papers.paper(made), at=datetime(2100, 1, 1, tzinfo=UTC))
    assert [judge(late) for judge in (ours, by_page)] == [False] * 2
