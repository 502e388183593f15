"""存量入库: a keeper brings a file in, watches it, reads what was refused, compares; nobody else sees any of it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from accounts.models import Person, User
from certificates.models import Certificate, CertificateType, ImportBatch, Reconciliation
from certificates.states import ImportState
from certificates.stocking import importing, keeping, tasks
from certificates.stocking.errors import NoSuchFile
from certificates.stocking.files import shelving
from common import clock
from portal.store.showing import stocking
from records.models import JournalEntry
from tests.factories import certificates as making
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.factories.people import id_number

pytestmark = pytest.mark.django_db
PAGE = "/store/imports"


@pytest.fixture
def kind(city: Any) -> CertificateType:
    return making.card_type(exclusive=False, issuers=[district.POLICE["issuer_code"]])


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to the queue, instead of sending it."""
    sent: list[str] = []
    for task in (tasks.take, tasks.reconcile):
        monkeypatch.setattr(task, "apply_async", lambda given, **_: sent.append(given[0]))
    monkeypatch.setattr(tasks.tell, "apply_async", lambda given, **_: tasks.tell(given[0]))
    return sent


def sheet(*rows: list[str]) -> bytes:
    out = io.StringIO()
    head = ["持证主体代码", "持证主体名称", "证照编号", "颁发日期", "fields.name"]
    csv.writer(out).writerows([head, *([*row, "甲"] for row in rows)])
    return out.getvalue().encode("gb18030")


def post(browser: Client, capture: Any, content: bytes | None, **given: str) -> Any:
    sent: dict[str, Any] = {"type": "test_card", "act": "import", **given}
    if content is not None:
        sent["file"] = SimpleUploadedFile("store.csv", content)
    with capture(execute=True):
        return browser.post(PAGE, sent)


def let_in(batch_id: str) -> None:
    """Check a file, release it as a second keeper, and take it in."""
    tasks.take(batch_id)
    second = district.keeper(district.POLICE["issuer_code"], name="杨志刚")
    keeping.release(second, batch_id=UUID(batch_id))
    tasks.take(batch_id)


@pytest.mark.parametrize(
    ("accepted", "known", "rejected", "words"),
    [
        (2, 0, 0, "已导入"),
        (0, 2, 0, "已导入"),
        (1, 0, 1, "部分导入"),
        (0, 1, 1, "部分导入"),
        (0, 0, 2, "一行也没有导入"),
    ],
)
def test_an_import_says_how_much_of_it_came_in(accepted: int, known: int, rejected: int, words: str) -> None:
    batch = ImportBatch(state=ImportState.DONE, accepted=accepted, known=known, rejected=rejected)
    assert stocking.import_line(batch).words == words


def test_a_file_without_a_row_that_can_come_in_waits_for_nobody(keeper: User) -> None:
    batch = ImportBatch(state=ImportState.REVIEW, accepted=0, rejected=2, started_by="system", size=1)
    batch.created_at = batch.seen_at = clock.now()
    shown = stocking.shown(batch, user=keeper)
    assert (shown.nothing, shown.may_release, shown.state, shown.pill) == (
        True,
        False,
        "没有可以入库的",
        "fail",
    )
    batch.accepted = 1
    shown = stocking.shown(batch, user=keeper)
    assert (shown.nothing, shown.may_release, shown.state) == (False, True, "等待复核")


def test_one_person_with_two_accounts_is_no_second_keeper(
    browser: Client,
    keeper: User,
    kind: CertificateType,
    woken: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = [id_number(), "李四方", "P1", "2020-01-01"]
    address = post(browser, django_capture_on_commit_callbacks, sheet(row))["Location"]
    tasks.take(woken[0])
    batch = ImportBatch.objects.get()
    again = district.keeper(district.POLICE["issuer_code"], name="同一个人")
    User.objects.filter(pk=again.pk).update(id_number_hash=keeper.id_number_hash)
    browser.force_login(again)
    assert browser.post(f"{address}/release").status_code == 403
    nobody = district.keeper(district.POLICE["issuer_code"], name="没有关联")
    User.objects.filter(pk=nobody.pk).update(id_number_hash=None)
    browser.force_login(nobody)
    refused = browser.post(f"{address}/release")
    assert refused.status_code == 403
    assert "还没有关联本人身份" in refused.content.decode()
    batch.refresh_from_db()
    assert batch.state == ImportState.REVIEW


def test_a_file_comes_in_and_its_faults_are_handed_out(
    browser: Client, kind: CertificateType, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    number = id_number()
    content = sheet([id_number(), "李四", "P1", "2020-01-01"], [number, "隐名氏", "P2", "2020-13-01"])
    answer = post(browser, django_capture_on_commit_callbacks, content)
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"{PAGE}/{batch.pk}"
    assert woken == [str(batch.pk)]
    assert "正在检查" in browser.get(answer["Location"]).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        let_in(str(batch.pk))
    shown = browser.get(answer["Location"]).content.decode()
    assert "部分导入" in shown  # green is for what came in whole
    assert number not in shown
    assert Certificate.objects.get(number="P1").batch == batch
    with pytest.raises(NoSuchFile):
        next(shelving.kept(batch.pk, shelving.UPLOADED))
    file = browser.get(f"{PAGE}/{batch.pk}/refused.csv")
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    assert list(csv.reader(io.StringIO(text)))[1] == [
        "3", "“颁发日期”不对：日期应写作 2020-01-31 这样的样子", f"{number},隐名氏,P2,2020-13-01,甲",
    ]  # fmt: skip
    assert JournalEntry.objects.filter(act="refused_rows_handed_out").count() == 1
    assert "新入库 1 行，已有 0 行，没有导入 1 行" in browser.get(PAGE).content.decode()


def test_a_file_on_the_server(
    browser: Client,
    kind: CertificateType,
    woken: list[str],
    settings: Any,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.IMPORT_DIR = tmp_path
    own = tmp_path / district.POLICE["issuer_code"]
    other = tmp_path / "11440507MB2X00012R"
    for folder in (own, other):
        folder.mkdir()
    (own / "big.csv").write_bytes(sheet([id_number(), "李四", "P1", "2020-01-01"]))
    (own / "secret").symlink_to("/etc/passwd")
    (other / "theirs.csv").write_bytes(sheet([id_number(), "王五", "P2", "2020-01-01"]))
    (tmp_path / "nobodys.csv").write_bytes(b"x")
    shown = browser.get(PAGE).content.decode()
    assert "big.csv" in shown
    for word in ("secret", "theirs.csv", "nobodys.csv"):
        assert word not in shown
    theirs = f"../{other.name}/theirs.csv"
    for name in ("secret", "../big.csv", "/etc/passwd", "..", "theirs.csv", theirs, "../nobodys.csv"):
        assert post(browser, django_capture_on_commit_callbacks, None, name=name).status_code == 422
        for body in (own.name, "..", ".", f"../{other.name}", ""):
            with pytest.raises(NoSuchFile):
                shelving.on_server(name, body=body)
    keeper = User.objects.get(pk=browser.session["_auth_user_id"])
    for verb in (keeping.choose, partial(keeping.compare, content=None)):
        with pytest.raises(NoSuchFile):
            verb(keeper, kind=kind, name="theirs.csv")
    assert post(browser, django_capture_on_commit_callbacks, None, name="big.csv").status_code == 302
    let_in(woken[0])
    assert Certificate.objects.filter(number="P1").exists()


def test_a_comparison(
    browser: Client, kind: CertificateType, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    content = sheet([id_number(), "李四", "P1", "2020-01-01"])
    answer = post(browser, django_capture_on_commit_callbacks, content, act="compare")
    assert "等待对账" in browser.get(answer["Location"]).content.decode()
    tasks.reconcile(woken[0])
    one = Reconciliation.objects.get()
    shown = browser.get(answer["Location"]).content.decode()
    assert "只在文件里" in shown
    assert "P1" in shown
    assert browser.get(f"{answer['Location']}.json").json()["counts"]["only_file"] == 1
    table = b"".join(browser.get(f"{answer['Location']}.csv").streaming_content)  # type: ignore[attr-defined]
    assert "P1" in table.decode()
    assert not Certificate.objects.filter(number="P1").exists()
    with pytest.raises(NoSuchFile):
        next(shelving.kept(one.pk, shelving.UPLOADED))


@pytest.mark.parametrize(
    ("content", "given", "words"),
    [
        (None, {}, "请选择要上传的文件"),
        (b"", {}, "空的"),
        (b"\xff\xfe1", {}, "读不出来"),
        (b"x", {"type": "nothing"}, "请从列出的证照里选"),
        (b"x", {"act": "nothing"}, "请从列出的里面选"),
    ],
)
def test_what_cannot_begin_is_said(
    browser: Client,
    kind: CertificateType,
    content: bytes | None,
    given: dict[str, str],
    words: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    answer = post(browser, django_capture_on_commit_callbacks, content, **given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_type_of_others_is_not_offered(
    browser: Client, kind: CertificateType, django_capture_on_commit_callbacks: Any
) -> None:
    CertificateType.objects.filter(pk=kind.pk).update(issuers=["11440507MB2X00012R"])
    answer = post(browser, django_capture_on_commit_callbacks, sheet())
    assert "请从列出的证照里选" in answer.content.decode()


def test_a_wrong_header_stops_it_and_it_can_go_on(
    browser: Client, kind: CertificateType, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    answer = post(browser, django_capture_on_commit_callbacks, b"holder,whatever\n")
    tasks.take(woken[0])
    shown = browser.get(answer["Location"]).content.decode()
    assert "文件里有这类证照没有的列：whatever" in shown
    assert "继续导入" in shown
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(f"{answer['Location']}/go-on").status_code == 302
    assert len(woken) == 2


def test_a_keeper_stops_what_is_not_wanted(
    browser: Client, kind: CertificateType, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    imported = post(browser, django_capture_on_commit_callbacks, sheet([id_number(), "李四", "P1", "?"]))
    compared = post(browser, django_capture_on_commit_callbacks, sheet(), act="compare")
    for address in (imported["Location"], compared["Location"]):
        assert f"{address}/drop" in browser.get(address).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            assert browser.post(f"{address}/drop")["Location"] == address
        shown = browser.get(address).content.decode()
        assert "已停止" in shown
        assert f"{address}/drop" not in shown
        with pytest.raises(NoSuchFile):
            next(shelving.kept(UUID(address.rpartition("/")[2]), shelving.UPLOADED))
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{imported['Location']}/go-on")
    assert len(woken) == 2
    acts = set(JournalEntry.objects.filter(act__endswith="_dropped").values_list("act", flat=True))
    assert acts == {"certificates_import_dropped", "certificates_comparison_dropped"}


def test_files_are_braked(
    browser: Client,
    kind: CertificateType,
    woken: list[str],
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.BRAKES = {**settings.BRAKES, "stocking_file": (2, 3600)}
    for n, act in enumerate(("import", "compare", "import", "compare")):
        content = sheet([id_number(), "李四", f"P{n}", "2020-01-01"])
        answer = post(browser, django_capture_on_commit_callbacks, content, act=act)
        assert answer.status_code == (302 if n < 2 else 422)
        assert ("文件太多" in answer.content.decode()) is (n >= 2)
    assert (ImportBatch.objects.count(), Reconciliation.objects.count()) == (1, 1)


def test_another_departments_are_not_found(
    browser: Client,
    kind: CertificateType,
    woken: list[str],
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    answer = post(browser, django_capture_on_commit_callbacks, sheet([id_number(), "李四", "P1", "?"]))
    compared = post(browser, django_capture_on_commit_callbacks, sheet(), act="compare")
    tasks.take(woken[0])
    other: User = district.keeper("11440507MB2X00012R")
    client.force_login(other)
    addresses = [answer["Location"], f"{answer['Location']}/refused.csv", compared["Location"]]
    for address in [*addresses, f"{compared['Location']}.json", f"{compared['Location']}.csv"]:
        assert client.get(address).status_code == 404, address
    for act in (f"{answer['Location']}/go-on", f"{answer['Location']}/drop", f"{compared['Location']}/drop"):
        assert client.post(act).status_code == 404
    assert "store.csv" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}/{uuid4()}").status_code == 404


def test_only_keepers(client: Client, city: Any) -> None:
    client.force_login(district.officer())
    assert client.get(PAGE).status_code == 403


def test_nothing_comes_in_before_a_second_keeper_releases_it(
    browser: Client,
    keeper: User,
    kind: CertificateType,
    woken: list[str],
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    rows = [[id_number(), "李四方", "P1", "2020-01-01"], [id_number(), "王五", "P2", "?"]]
    address = post(browser, django_capture_on_commit_callbacks, sheet(*rows))["Location"]
    assert browser.post(f"{address}/release").status_code == 409  # not checked yet
    people = Person.objects.count()
    tasks.take(woken[0])
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.accepted, batch.rejected) == (ImportState.REVIEW, 1, 1)
    assert (Certificate.objects.filter(batch=batch).count(), Person.objects.count()) == (0, people)
    shown = browser.get(address).content.decode()
    assert "等本部门另一位证照管理员复核确认" in shown
    assert f"{address}/release" not in shown
    assert browser.post(f"{address}/release").status_code == 403  # who began it does not release it
    tasks.take(woken[0])
    assert not Certificate.objects.filter(batch=batch).exists()
    client.force_login(district.keeper("11440507MB2X00012R"))
    assert client.post(f"{address}/release").status_code == 404
    client.force_login(district.keeper(district.POLICE["issuer_code"], name="杨志刚"))
    shown = client.get(address).content.decode()
    assert f"{address}/release" in shown
    assert "P1" in shown
    assert "李四方" not in shown
    assert rows[0][0] not in shown
    assert client.get(f"{address}/refused.csv").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{address}/release").status_code == 302
        assert client.post(f"{address}/release").status_code == 409
    tasks.take(woken[-1])
    batch.refresh_from_db()
    assert (batch.state, batch.accepted, batch.rejected) == (ImportState.DONE, 1, 1)
    assert Certificate.objects.get(batch=batch).number == "P1"
    shown = client.get(address).content.decode()
    assert "杨志刚" in shown
    assert keeper.display_name in shown
    shown = client.get(f"/store/certificates/{Certificate.objects.get(batch=batch).pk}").content.decode()
    told = f"存量导入：{batch.file_name}，2026-11-20，{keeper.display_name}发起，杨志刚复核"
    assert told in shown
    acts = JournalEntry.objects.filter(stream=f"import:{batch.pk}", act__startswith="certificates_import")
    actors = dict(acts.values_list("act", "actor"))
    assert actors["certificates_import_checked"] == f"user:{keeper.pk}"
    assert actors["certificates_import_released"] != f"user:{keeper.pk}"


def test_who_releases_a_file_reads_what_it_supersedes(
    browser: Client,
    keeper: User,
    kind: CertificateType,
    woken: list[str],
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    holder, other = id_number(), id_number()
    first = sheet([holder, "李四方", "P1", "2020-01-01"], [other, "王五", "P2", "2020-01-01"])
    post(browser, django_capture_on_commit_callbacks, first)
    let_in(woken[-1])
    head = "持证主体代码,持证主体名称,证照编号,颁发日期,版本,fields.name\n"
    lines = [(holder, "李四方", "P1", "2"), (holder, "李四方", "P1", "3"), (id_number(), "赵六", "P3", "1")]
    content = head + "".join(f"{who},{name},{number},2020-01-01,{v},甲\n" for who, name, number, v in lines)
    address = post(browser, django_capture_on_commit_callbacks, content.encode())["Location"]
    tasks.take(woken[-1])
    assert "可以入库 3 行，库里已有 0 行，不能导入 0 行，将被替代 1 张" in browser.get(PAGE).content.decode()
    assert set(Certificate.objects.values_list("status", flat=True)) == {"valid"}
    client.force_login(district.keeper(district.POLICE["issuer_code"], name="杨志刚"))
    shown = " ".join(client.get(address).content.decode().split())
    assert "<dt>将被替代</dt><dd>1 张 库里原有的证照，由这次的新版替代</dd>" in shown
    assert "库里现有的 1 张证照随即变为“被替代”，不能改回" in shown
    assert "被替代（替代第 1 版）" in shown  # the second version, by the third
    assert "有效（替代第 2 版）" in shown
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{address}/release").status_code == 302
    tasks.take(woken[-1])
    shown = " ".join(client.get(address).content.decode().split())
    assert "<dt>已被替代</dt><dd>1 张 库里原有的证照，由这次的新版替代</dd>" in shown
    old = Certificate.objects.get(number="P1", version=1)
    assert (old.status, Certificate.objects.get(number="P2").status) == ("superseded", "valid")
    assert "导入了第 2 版，这一版停止使用" in client.get(f"/store/certificates/{old.pk}").content.decode()
    for act in ("certificates_import_checked", "certificates_imported"):
        assert JournalEntry.objects.filter(act=act).order_by("pk").last().details["superseded"] == 1  # type: ignore[union-attr]
    assert "第 3 版" in client.get(f"/c/{old.check_token}").content.decode()


def test_the_store_keeps_who_began_from_releasing(
    browser: Client, kind: CertificateType, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    post(browser, django_capture_on_commit_callbacks, sheet([id_number(), "李四", "P1", "2020-01-01"]))
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.update(released_by=F("started_by"))


def test_what_nobody_works_on_is_woken(
    browser: Client, kind: CertificateType, woken: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    post(browser, django_capture_on_commit_callbacks, sheet([id_number(), "李四", "P1", "2020-01-01"]))
    assert tasks.resume() == 0
    clock.set_source(lambda: NOON + timedelta(minutes=5))
    assert tasks.resume() == 1
    assert "继续导入" in browser.get(f"{PAGE}/{woken[0]}").content.decode()
    let_in(woken[-1])
    assert tasks.resume() == 0
    assert ImportBatch.objects.get().state == ImportState.DONE


def test_a_turn_ends_after_its_time(
    browser: Client,
    kind: CertificateType,
    woken: list[str],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    post(browser, django_capture_on_commit_callbacks, sheet([id_number(), "李四", "P1", "2020-01-01"]))
    monkeypatch.setattr(tasks, "SLICE", -1.0)
    tasks.take(woken[0])
    assert woken == [woken[0]] * 2
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.accepted) == (ImportState.CHECKING, 0)
    monkeypatch.setattr(tasks, "SLICE", 5.0)
    let_in(woken[1])
    batch.refresh_from_db()
    assert (batch.state, batch.accepted) == (ImportState.DONE, 1)
    assert importing.digest_over(batch.pk)
