from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates import verify
from certificates.papers import opening, showing
from certificates.sealing import authority, keys, signing
from certificates.verify import State, Verified
from common import clock
from portal import environment
from tests.factories import papers, people, seals
from tests.factories.certificates import AT, ISSUER, TODAY, VALUES, card_type, certificate

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DAY = timedelta(days=1)
# What nobody may need who checks a file of ours.
BLOCKED = """
import sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "psycopg2", "redis", "celery"}:
            raise ImportError(name)
sys.meta_path.insert(0, Wall())
from certificates.verify import main
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def kind(db):
    return card_type()


@pytest.fixture
def made():
    return certificate(people.person(), values=VALUES | {"name": "𬱖㛃䶮"})


@pytest.fixture
def content(made):
    return papers.paper(made)


def told(content: bytes, *, on: date = TODAY) -> Verified:
    return verify.verify(content, trusted=[seals.root()], on=on)


def alone(folder: Path, content: bytes, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the tool as an outsider does: a file, a folder of authorities, nothing else."""
    file = folder / "got.pdf"
    file.write_bytes(content)
    asked = [
        str(file),
        "--trust",
        str(papers.trust_folder(folder / "trust")),
        "--on",
        TODAY.isoformat(),
        *more,
    ]
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *asked],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "/nowhere"},
    )


def test_runs_without_django_database_or_settings(made, content, tmp_path):
    done = alone(tmp_path, content)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("真实：电子签章有效，内容没有改动\n盖章单位：测试局\n")
    assert made.identifier in done.stdout
    data = alone(tmp_path, signing.signed_data(made))
    assert (data.returncode, made.number in data.stdout) == (0, True), data.stdout
    broken = alone(tmp_path, papers.flipped(content, 5000))
    assert (broken.returncode, broken.stdout) == (1, "不可信\n· 签章后内容被改动过\n")


@pytest.mark.parametrize("named", ["FILE", "文件"])
def test_the_readmes_own_line_works_in_a_fresh_demo(made, content, tmp_path, named):
    """Word for word, in both halves: the folder of the checkout, and the authority where a demo puts it."""
    lines = re.findall(r"`(\.venv/bin/python -m certificates\.verify [^`]+)`", README.read_text("utf-8"))
    assert len(lines) == 2
    (line,) = [one for one in lines if named in one.split()]
    for name in ("certificates", "common"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    place = tmp_path / default("SEAL_AUTHORITIES_FILE").relative_to(ROOT)
    place.parent.mkdir(parents=True)
    place.write_text(seals.pem(seals.root()), encoding="ascii")
    (tmp_path / "got.pdf").write_bytes(content)
    asked = ["got.pdf" if word == named else word for word in line.split()]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=tmp_path, env={})
    assert done.returncode == 0, done.stdout + done.stderr
    assert made.identifier in done.stdout
    bare = subprocess.run(asked[:4], capture_output=True, text=True, cwd=tmp_path, env={})
    assert (bare.returncode, "--trust" in bare.stdout) == (2, True), "nobody is trusted unless named"


def default(name: str) -> Path:
    """Return where a demo keeps something: what the product's settings say when nobody says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment, "load", lambda _path: None)
        for given in ("SEAL_KEYS_DIR", "SEAL_AUTHORITIES_FILE"):
            patch.delenv(given, raising=False)
        told = runpy.run_path(str(ROOT / "portal" / "settings.py"))
    path = told[name]
    assert isinstance(path, Path)
    return path


def test_answers_programs_in_json_within_bounds(content, tmp_path):
    done = alone(tmp_path, content, "--json", "--bounded")
    assert json.loads(done.stdout)["state"] == "genuine", done.stderr


def test_says_when_it_is_genuine_but_not_in_force(made):
    data = signing.signed_data(certificate(people.person(), valid_until=TODAY))
    assert told(data).state is State.GENUINE
    late = told(data, on=TODAY + DAY)
    assert (late.state, late.reasons) == (State.OUT_OF_TIME, ("有效期到2026年11月20日，已过",))
    early = told(data, on=date(2019, 12, 31))
    assert (early.state, early.reasons) == (State.OUT_OF_TIME, ("从2020年1月1日起才有效",))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"terms": {"number": "别的"}}, "内容与签发时不一致"),
        ({"terms": {"issuer": "11440507MB2X00099X"}}, "电子印章不属于发证单位"),
        ({"salt": "00" * 32}, "内容与签发时不一致"),
        ({"signed_at": "2026-11-19T00:00:00.000000Z"}, "电子签名与内容不符"),
        ({"seal": "another"}, "电子签名与内容不符"),
        ({"algorithm": "sm2-sm3"}, "不能识别签名所用的算法"),
        ({"signature": ""}, "签名"),
        ({"format": "certificate/2"}, "签名数据不完整"),
        ({"certificate": "-----BEGIN CERTIFICATE-----"}, "签名数据不完整"),
    ],
)
def test_changed_data_is_refused_with_the_reason(made, change, reason):
    document = json.loads(signing.signed_data(made))
    for name, value in change.items():
        document[name] = {**document[name], **value} if isinstance(value, dict) else value
    found = told(json.dumps(document).encode())
    assert found.state is State.REFUSED
    assert any(reason in one for one in found.reasons), found.reasons


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"\0" * 99, b'{"terms": []}', b"{" * 9000],
)
def test_what_is_no_paper_of_ours_is_refused_in_peace(content):
    found = told(content)
    assert found.state is State.REFUSED
    assert found.reasons


def test_an_empty_file_and_no_file_are_not_checked(tmp_path, capsys):
    (tmp_path / "empty.pdf").touch()
    for name in ("empty.pdf", "none.pdf"):
        assert verify.main([str(tmp_path / name), "--trust", str(papers.trust_folder(tmp_path / "t"))]) == 2
        assert capsys.readouterr().out.startswith("没有核验\n· ")


def test_nothing_is_believed_without_an_authority(content):
    assert verify.verify(content, trusted=[], on=TODAY).state is State.UNREADABLE


def test_a_paper_sealed_by_somebody_else_is_refused(content, monkeypatch):
    forger = ec.generate_private_key(ec.SECP256R1())
    department = seals.seal_of(ISSUER).department
    subject = authority.subject(department, name="电子证照专用章")
    own = seals.signed(subject, forger.public_key(), by=forger, issuer=seals._name("测试认证机构"))
    monkeypatch.setattr(keys.FILE_KEYS, "sign", lambda _name, data: forger.sign(data, ECDSA))
    forged = papers.sealed_anew(content, certificate_pem=seals.pem(own))
    assert told(forged).reasons == ("电子印章的证书不是由受信任的机构签发",)
    assert not papers.believed_by_pyhanko(forged)


def test_a_paper_whose_root_comes_along_is_refused(content, monkeypatch):
    """The authority a file brings is not the authority we believe, whatever it is called."""
    false_root = ec.generate_private_key(ec.SECP256R1())
    forger = ec.generate_private_key(ec.SECP256R1())
    name = seals._name("测试认证机构")
    root = seals.signed(name, false_root.public_key(), by=false_root, is_authority=True)
    leaf = seals.signed(
        authority.subject(seals.seal_of(ISSUER).department, name="x"), forger.public_key(), by=false_root
    )
    monkeypatch.setattr(keys.FILE_KEYS, "sign", lambda _name, data: forger.sign(data, ECDSA))
    forged = papers.sealed_anew(content, certificate_pem=seals.pem(leaf), chain=seals.pem(root))
    assert told(forged).reasons == ("电子印章的证书不是由受信任的机构签发",)


@pytest.mark.parametrize("at", [datetime(1999, 12, 31, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])
def test_a_seal_that_was_not_in_force_when_it_sealed_is_refused(content, at):
    late = papers.sealed_anew(content, at=at)
    assert told(late).reasons == ("签名时电子印章不在有效期内",)


def test_another_organs_seal_on_a_certificate_is_refused(content):
    other = seals.seal_of("11440507MB2X00099X")
    wrong = papers.sealed_anew(content, key_name=other.key_name, certificate_pem=other.certificate_pem)
    assert told(wrong).reasons == ("盖章的单位不是证照的颁发机构",)


def test_a_persons_certificate_on_an_organs_paper_is_refused(content, monkeypatch):
    """The same authority certifies people, too: they are no organ."""
    private = ec.generate_private_key(ec.SECP256R1())
    own = seals.signed(seals._name("王五"), private.public_key(), by=seals.root_key())
    monkeypatch.setattr(keys.FILE_KEYS, "sign", lambda _name, data: private.sign(data, ECDSA))
    forged = papers.sealed_anew(content, certificate_pem=seals.pem(own))
    assert told(forged).reasons == ("电子印章的证书没有写明属于哪个单位",)


def test_a_page_without_data_is_no_certificate_whoever_sealed_it(monkeypatch, capsys, tmp_path):
    """A seal proves who sealed a page, not that the portal wrote it."""
    page = papers.blank("PROPERTY CERTIFICATE - owner Wang Wu")
    found = told(papers.sealed_anew(page))
    assert (found.state, dict(found.terms), found.organ) == (State.SEALED, {}, "测试局")
    assert f"统一社会信用代码 {ISSUER}" in found.reasons[0]
    assert "请问盖章单位" in found.reasons[0]
    (tmp_path / "x.pdf").write_bytes(papers.sealed_anew(page))
    asked = [str(tmp_path / "x.pdf"), "--trust", str(papers.trust_folder(tmp_path / "t"))]
    assert verify.main(asked) == 4
    assert capsys.readouterr().out.startswith("签章有效，但不是证照：文件里没有证照的签名数据\n")
    private = ec.generate_private_key(ec.SECP256R1())
    own = seals.signed(seals._name("王五"), private.public_key(), by=seals.root_key())
    monkeypatch.setattr(keys.FILE_KEYS, "sign", lambda _name, data: private.sign(data, ECDSA))
    refused = told(papers.sealed_anew(page, certificate_pem=seals.pem(own)))
    assert (refused.state, refused.reasons) == (State.REFUSED, ("电子印章的证书没有写明属于哪个单位",))


def test_an_imported_ones_paper_says_when_it_was_sealed(made):
    """It was not signed when it was issued; its paper was, and that time is what there is."""
    for name, value in {"seal": None, "signature": "", "algorithm": "", "signed_at": None}.items():
        setattr(made, name, value)
    found = told(papers.paper(made))
    assert (found.state, found.organ) == (State.GENUINE, "测试局")
    assert datetime.fromisoformat(found.signed_at) == AT.replace(microsecond=0)
    there = datetime.fromisoformat(found.signed_at).astimezone(clock.SHANGHAI)
    assert f"签章时间：{there:%Y-%m-%d %H:%M:%S}（北京时间）\n" in verify._told(found)


def test_a_page_that_shows_something_else_than_the_signed_data_is_refused(made, monkeypatch):
    """Even the organ's own seal does not make two truths one."""
    real = showing.certificate

    def other(found):
        shown = real(found)
        rows = [row | {"value": row["value"].replace("𬱖㛃䶮", "别人")} for row in shown["rows"]]
        return shown | {"rows": rows, "number": "20260000000"}

    monkeypatch.setattr(showing, "certificate", other)
    assert told(papers.paper(made)).reasons == (
        "页面上看不到签名数据里的编号",
        "页面上看不到签名数据里的“𬱖㛃䶮”",
    )


def test_what_is_added_behind_the_seal_is_refused(content):
    for added in (b"\n", b"%", content[-300:]):
        assert told(content + added).state is State.REFUSED


def test_one_changed_byte_is_refused_wherever_it_stands(content):
    covered, within = papers.positions(content, many=40)
    for position in covered + within:
        assert told(papers.flipped(content, position)).state is State.REFUSED, position


def test_the_other_case_of_a_digit_and_what_stands_behind_the_signature_count_as_changes(content):
    begins, ends = papers.own_place(content)
    letter = next(at for at in range(begins + 1, ends) if content[at : at + 1].isalpha())
    assert told(papers.flipped(content, letter)).state is State.REFUSED
    lower = content[:letter] + content[letter : letter + 1].lower() + content[letter + 1 :]
    assert told(lower).reasons == (opening.CHANGED,)


def test_pyhankos_own_validator_agrees(content):
    assert papers.believed_by_pyhanko(content)
    for position in papers.positions(content, many=20)[0]:
        assert not papers.believed_by_pyhanko(papers.flipped(content, position)), position


ECDSA = ec.ECDSA(hashes.SHA256())
