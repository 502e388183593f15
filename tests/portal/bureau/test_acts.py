"""Grant, refuse, ask for more: with reasons, without, twice, too late, and with what each leaves behind."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.acting.principals import Principal
from accounts.models import Message, User
from approvals import deciding, reviewing, selectors
from approvals.applying import submission
from approvals.models import Application, Decision, SupplementNotice
from approvals.states import ApplicationState as S
from approvals.states import DecisionKind, Maker
from certificates.models import Certificate
from common import clock
from matters import editions
from records import journal
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
REASONS = "已向公安人口库核对，本人健在，户籍在本区，符合第四条。"
REFUSAL = "公安人口信息显示户籍已迁出本区，不符合第四条第一项。"


def post(desk: Client, act: str, application: Application, **data: str):
    return desk.post(reverse(f"bureau:{act}", args=[application.reference]), data)


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def undetermined(city: datetime) -> Application:
    """A case whose age is unknown: no row of the outcome table could be chosen."""
    return making.referred(district.citizen(without=("resident_id",)))


@pytest.fixture
def failed(city: datetime) -> Application:
    """A case with an account that is not the applicant's own: a check that is known to fail."""
    return making.referred(district.citizen(social_card={"name": "别人"}))


def test_granting_decides_issues_and_goes_back_to_the_queue(
    desk: Client, officer: User, waiting: Application
) -> None:
    response = post(desk, "grant", waiting, reasons=REASONS)
    assert response.status_code == 302
    assert response["Location"] == reverse("bureau:queue")
    decision = Decision.objects.get(application=waiting)
    assert (decision.kind, decision.maker, decision.officer, decision.reasons) == (
        DecisionKind.GRANTED,
        Maker.OFFICER,
        officer,
        REASONS,
    )
    assert decision.outcome["monthly_amount"] == "100"
    assert selectors.certificate_of(decision) is not None
    assert making.again(waiting).state == S.GRANTED
    assert Message.objects.filter(person=waiting.person, kind="granted").exists()
    assert f"件号尾号 {waiting.reference[-4:]}：已准予" in text_of(desk.get(response["Location"]))


def test_after_the_act_the_queue_offers_the_next_case(desk: Client, waiting: Application) -> None:
    (other,) = making.copies(waiting, count=1)
    response = desk.get(post(desk, "grant", waiting, reasons=REASONS)["Location"])
    url = reverse("bureau:application", args=[other.reference])
    assert f'href="{url}" data-key="Alt+J"' in text_of(response)


@pytest.mark.parametrize("act", ["grant", "refuse"])
@pytest.mark.parametrize("reasons", ["", "   ", "同意", "  同意  ", "不" * 2001])
def test_no_decision_without_proper_reasons(
    desk: Client, waiting: Application, act: str, reasons: str
) -> None:
    response = post(desk, act, waiting, reasons=reasons, step="confirm")
    assert response.status_code == 422
    assert "data-error-summary" in text_of(response)
    assert "理由" in text_of(response)
    assert not Decision.objects.exists()
    assert making.again(waiting).state == S.IN_REVIEW


def test_what_was_written_stands_there_again(desk: Client, undetermined: Application) -> None:
    response = post(desk, "grant", undetermined, reasons=REASONS)
    assert response.status_code == 422
    assert REASONS in text_of(response)


@pytest.mark.parametrize("row", ["", "3", "-1", "x", "0.0"])
def test_the_outcome_must_be_chosen_from_the_rows(desk: Client, undetermined: Application, row: str) -> None:
    response = post(desk, "grant", undetermined, reasons=REASONS, outcome_row=row)
    assert response.status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("row", "amount"), [("0", "500"), ("2", "100")])
def test_the_chosen_outcome_is_granted(
    desk: Client, undetermined: Application, row: str, amount: str
) -> None:
    page = text_of(desk.get(reverse("bureau:grant", args=[undetermined.reference])))
    assert "年满100周岁" in page.replace(" ", "")
    assert post(desk, "grant", undetermined, reasons=REASONS, outcome_row=row).status_code == 302
    assert Decision.objects.get().outcome["monthly_amount"] == amount


def test_what_the_known_age_rules_out_is_not_offered(desk: Client, city: datetime) -> None:
    """A man of 79: no register answered, the age is known, no row of the table is his."""
    young = making.referred(district.citizen(born=date(1947, 6, 1)))
    page = text_of(desk.get(reverse("bureau:grant", args=[young.reference])))
    assert "没有可以批准的标准" in page
    assert "准予时由您选择" not in page
    assert 'name="outcome_row"' not in page
    assert "准予并签发" not in page
    response = post(desk, "grant", young, reasons=REASONS, outcome_row="0", over_failed="on")
    assert response.status_code == 422
    assert not Decision.objects.exists()


def test_granting_over_a_failed_check_is_confirmed(desk: Client, failed: Application) -> None:
    page = text_of(desk.get(reverse("bureau:grant", args=[failed.reference])))
    assert "我已核实，以上不通过的项目另有依据" in page
    silent = post(desk, "grant", failed, reasons=REASONS)
    short = post(desk, "grant", failed, reasons="核实无误了", over_failed="on")
    assert (silent.status_code, short.status_code) == (422, 422)
    assert "仍要准予的，请勾选确认" in text_of(silent)
    assert not Decision.objects.exists()
    assert post(desk, "grant", failed, reasons=REASONS, over_failed="on").status_code == 302


def test_granting_over_nothing_asks_for_no_confirmation(desk: Client, waiting: Application) -> None:
    assert "over_failed" not in text_of(desk.get(reverse("bureau:grant", args=[waiting.reference])))


@pytest.mark.parametrize(("kind", "cited"), [("05", False), ("10", False), ("01", True)])
def test_the_law_on_licences_is_cited_for_licences_only(
    desk: Client, waiting: Application, monkeypatch: pytest.MonkeyPatch, kind: str, cited: bool
) -> None:
    package = editions.compiled(waiting.edition).package
    monkeypatch.setitem(package.__dict__, "type", kind)
    page = text_of(desk.get(reverse("bureau:refuse", args=[waiting.reference])))
    assert ("行政许可法" in page) is cited
    assert "请写明理由" in text_of(post(desk, "refuse", waiting, reasons="", step="check"))


def test_an_outcome_the_machine_chose_is_not_asked_and_not_taken(desk: Client, waiting: Application) -> None:
    page = text_of(desk.get(reverse("bureau:grant", args=[waiting.reference])))
    assert "outcome_row" not in page
    assert "100元" in page.replace(" ", "")
    post(desk, "grant", waiting, reasons=REASONS, outcome_row="0")
    assert Decision.objects.get().outcome["monthly_amount"] == "100"


def test_refusing_is_confirmed_with_the_remedies_in_sight(
    desk: Client, officer: User, waiting: Application
) -> None:
    shown = post(desk, "refuse", waiting, reasons=REFUSAL, step="check")
    page = text_of(shown)
    assert shown.status_code == 200
    for words in (
        REFUSAL,
        "60 日内向示例市龙湖区人民政府申请行政复议",
        "6 个月内向示例市龙湖区人民法院提起行政诉讼",
    ):
        assert words in page
    assert not Decision.objects.exists()
    kept = re.search(r'name="reasons" value="([^"]*)"', page)
    assert kept is not None
    assert post(desk, "refuse", waiting, reasons=kept.group(1), step="confirm").status_code == 302
    decision = Decision.objects.get()
    assert (decision.kind, decision.officer, decision.reasons) == (DecisionKind.REFUSED, officer, REFUSAL)
    assert making.again(waiting).state == S.REFUSED
    assert not Certificate.objects.filter(source__startswith="decision:").exists()
    assert "60 日内申请行政复议" in Message.objects.get(kind="refused").body


def test_refusal_can_be_mended_before_it_is_made(desk: Client, waiting: Application) -> None:
    back = post(desk, "refuse", waiting, reasons=REFUSAL, step="edit")
    assert back.status_code == 200
    assert REFUSAL in text_of(back)
    assert "data-error-summary" not in text_of(back)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("step", ["", "no", "check"])
def test_only_the_confirmed_step_refuses(desk: Client, waiting: Application, step: str) -> None:
    assert post(desk, "refuse", waiting, reasons=REFUSAL, step=step).status_code == 200
    assert making.again(waiting).state == S.IN_REVIEW


def test_reasons_are_text_and_never_markup(desk: Client, waiting: Application) -> None:
    page = text_of(post(desk, "refuse", waiting, reasons='<script>x</script>"不符合', step="check"))
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_asking_opens_exactly_what_was_ticked_and_stops_the_clock(desk: Client, waiting: Application) -> None:
    wrong = "号码打不通，请填写现在使用的手机号码。"
    assert post(desk, "ask", waiting, open_mobile="on", text_mobile=wrong).status_code == 302
    notice = SupplementNotice.objects.get(application=waiting)
    assert notice.items == [{"name": "手机号码", "text": wrong, "opens": ["form.mobile"]}]
    assert notice.due_on == date(2026, 11, 27)
    now = making.again(waiting)
    assert (now.state, now.due_on) == (S.SUPPLEMENTING, None)
    assert waiting.reference not in text_of(desk.get(reverse("bureau:queue")))
    assert "补正中 <b>1</b>" in text_of(desk.get(reverse("bureau:queue")))
    assert list(journal.events_of(now.stream))[-1].kind == "supplement_asked"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "请至少勾选一处"),
        ({"open_mobile": "on"}, "要怎么补正"),
        ({"open_mobile": "on", "text_mobile": "改"}, "要怎么补正"),
        ({"text_mobile": "请改成现在的号码"}, "没有勾选"),
        ({"open_mobile": "on", "text_mobile": "改" * 301}, "不超过 300 个字"),
        ({"open_name": "on", "text_name": "请改成真实姓名"}, "请至少勾选一处"),
        ({"open_nothing": "on", "text_nothing": "没有这一项问题"}, "请至少勾选一处"),
    ],
)
def test_a_notice_says_what_and_how(
    desk: Client, waiting: Application, sent: dict[str, str], told: str
) -> None:
    response = post(desk, "ask", waiting, **sent)
    assert response.status_code == 422
    assert told in text_of(response)
    assert not SupplementNotice.objects.exists()


def test_a_second_notice_is_warned_of(desk: Client, officer: User, waiting: Application) -> None:
    url = reverse("bureau:ask", args=[waiting.reference])
    assert "已经告知过补正" not in text_of(desk.get(url))
    post(desk, "ask", waiting, open_mobile="on", text_mobile="请填写现在使用的手机号码。")
    submission.answer_supplement(
        Principal(waiting.person), reference=waiting.reference, answers={"mobile": "13800138000"}
    )
    deciding.decide_waiting()
    assert making.again(waiting).state == S.IN_REVIEW
    assert "已经告知过补正" in text_of(desk.get(url))
    case = text_of(desk.get(reverse("bureau:application", args=[waiting.reference])))
    assert "请填写现在使用的手机号码。" in case
    assert "第 2 次系统核验" in case


@pytest.mark.parametrize("act", ["grant", "refuse", "ask"])
def test_a_case_a_colleague_has_decided_is_a_clear_409(desk: Client, waiting: Application, act: str) -> None:
    url = reverse(f"bureau:{act}", args=[waiting.reference])
    assert desk.get(url).status_code == 200
    reviewing.refuse(district.officer(), application=waiting, reasons=REFUSAL)
    sent = {"reasons": REASONS, "step": "confirm", "open_mobile": "on", "text_mobile": "请更正手机号码。"}
    for response in (desk.post(url, sent), desk.get(url)):
        assert response.status_code == 409
        assert "现在是“不予批准”，不用再办" in text_of(response)
    assert Decision.objects.count() == 1
    assert not SupplementNotice.objects.exists()


def test_the_verb_itself_refuses_what_moved_after_the_page_looked(
    desk: Client, officer: User, waiting: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the lock a colleague decides: the row lock finds out."""
    act = reviewing.grant

    def slow(*given, **named):
        reviewing.refuse(district.officer(), application=waiting, reasons=REFUSAL)
        return act(*given, **named)

    monkeypatch.setattr("portal.bureau.views.acts.reviewing.grant", slow)
    response = post(desk, "grant", waiting, reasons=REASONS)
    assert response.status_code == 409
    assert "状态已经变化" in text_of(response)
    assert [decision.kind for decision in Decision.objects.all()] == [DecisionKind.REFUSED]


def test_a_double_click_decides_once(desk: Client, waiting: Application) -> None:
    assert post(desk, "grant", waiting, reasons=REASONS).status_code == 302
    assert post(desk, "grant", waiting, reasons=REASONS).status_code == 409
    assert Decision.objects.count() == 1


def test_the_words_of_a_lost_session_come_back(client: Client, officer: User, waiting: Application) -> None:
    url = reverse("bureau:refuse", args=[waiting.reference])
    sent = {"reasons": REFUSAL, "step": "check"}
    client.force_login(officer)
    Session.objects.update(expire_date=NOON.replace(year=2020))
    away = client.post(url, sent, headers={"Referer": f"http://testserver{url}"})
    assert away["Location"].startswith(reverse("public:staff_sign_in"))
    client.force_login(officer)
    assert REFUSAL in text_of(client.get(url))
    assert REFUSAL not in text_of(client.get(url))


def test_the_clock_of_a_granted_case_has_stopped(desk: Client, waiting: Application) -> None:
    clock.set_source(lambda: datetime(2026, 11, 24, 9, 0, tzinfo=clock.SHANGHAI))
    post(desk, "grant", waiting, reasons=REASONS)
    assert list(waiting.clock_entries.order_by("id").values_list("kind", flat=True)) == ["start", "stop"]
