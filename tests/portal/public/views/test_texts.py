"""The public texts: the site map leads to every page that stands alone; the rules name what the portal keeps."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.portal.test_every_address import ROUTES

pytestmark = pytest.mark.django_db
# What is no page of its own: buttons, what machines ask, steps of a sign-in, the bureau, the demo.
NO_PAGE = {
    "act-for",
    "certificates/code/pick",
    "certificates/code/state",
    "check/file",
    "display",
    "me/email/code",
    "me/email/forget",
    "me/sign-ins/end",
    "messages/read",
}
NO_PAGE |= {"me/family/guard/document", "metrics", "sign-out", "sitemap", "stay"}
ELSEWHERE = (
    "api/",
    "catalogue/",
    "components/",
    "counter/",
    "demo/",
    "healthz/",
    "office/",
    "sign-in/platform",
    "sign-out/platform",
    "staff/code",
    "store/",
    "supervision/",
)


def test_the_site_map_leads_to_every_page(client: Client) -> None:
    linked = set(re.findall(r'href="/([^"?#]*)', client.get("/sitemap").content.decode()))
    pages = {route for route in ROUTES if "<" not in route and not route.startswith(ELSEWHERE)} - NO_PAGE
    assert sorted(pages - linked) == []


@pytest.mark.parametrize(
    "word",
    ["上传", "替别人办事", "消息", "登录记录", "评价", "敏感个人信息", "自动作出", "撤回", "投诉", "多久"],
)
def test_the_rules_of_personal_data_speak_of_what_is_kept(client: Client, word: str) -> None:
    assert word in client.get("/privacy").content.decode()


def test_the_statement_of_accessibility_says_standard_limits_contact_and_day(client: Client) -> None:
    said = client.get("/accessibility").content.decode()
    for word in ("GB/T 37668", "WCAG 2.2 AA", "还做得不够的", settings.SITE["phone"], "最近一次逐页检查"):
        assert word in said
