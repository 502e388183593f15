"""Matter 23 (就业困难人员认定) written by a new admin through the pages alone: forms, buttons, and no JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from matters.models import EditionDraft
from matters.writing.examining import examine
from tests.factories import district
from tests.portal.catalogue.test_builder_pages import send

LIKE = "11440507MB2X00047C4442014024000"
CODE = "11440507MB2X00047C4440714023000"
NAME = "就业困难人员认定"
WORDS = ["就业困难认定", "4050人员", "找不到工作", "大龄失业", "残疾人找工作", "低保家庭找工作", "就业援助"]
LAW = "中华人民共和国就业促进法"
TEXT = "各级人民政府建立健全就业援助制度，对就业困难人员实行优先扶持和重点帮助。"
CONDITION = {
    "any": [
        {
            "all": [
                {"fact": "cert.resident_id.sex", "op": "eq", "value": "female"},
                {"fact": "derived.age", "op": "ge", "value": 40},
            ]
        },
        {
            "all": [
                {"fact": "cert.resident_id.sex", "op": "eq", "value": "male"},
                {"fact": "derived.age", "op": "ge", "value": 50},
            ]
        },
        {"fact": "cert.disability_certificate.held", "op": "eq", "value": True},
        {"fact": "cert.subsistence_certificate.held", "op": "eq", "value": True},
    ]
}
WOMAN = {
    "applicant.name": "余晓燕",
    "cert.resident_id.held": "true",
    "cert.resident_id.name": "余晓燕",
    "cert.resident_id.birth_date": "1984-03-05",
    "cert.resident_id.sex": "female",
    "cert.household_register.held": "true",
    "cert.household_register.division": "440507003",
    "cert.residence_permit.held": "false",
    "cert.disability_certificate.held": "false",
    "cert.subsistence_certificate.held": "false",
    "register.social_insurance.insured": "false",
    "register.civil_status.dead": "false",
    "own.open_applications": "0",
    "form.residence": "household",
}
NO_PERMIT = {f"cert.residence_permit.{field}": "NOT_HELD" for field in ("division", "signed_on")}
NO_CONSENT = {f"cert.resident_id.{field}": "UNAUTHORISED" for field in ("name", "sex", "birth_date")}
YOUNG = {"cert.resident_id.birth_date": "1994-03-05"}
MAN = {"cert.resident_id.sex": "male"}
# name, facts written otherwise, facts that are unknown
EXAMPLES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("四十二周岁女", {}, {}),
    ("三十二周岁女", YOUNG, {}),
    ("三十二周岁，有残疾人证", YOUNG | {"cert.disability_certificate.held": "true"}, {}),
    ("三十二周岁，有低保证", YOUNG | {"cert.subsistence_certificate.held": "true"}, {}),
    ("四十五周岁男", MAN | {"cert.resident_id.birth_date": "1981-03-05"}, {}),
    ("五十周岁男", MAN | {"cert.resident_id.birth_date": "1976-11-20"}, {}),
    ("姓名不一致", {"cert.resident_id.name": "余小燕"}, {}),
    ("户籍在外地", {"cert.household_register.division": "440511"}, {}),
    ("正在参保", {"register.social_insurance.insured": "true"}, {}),
    ("有死亡登记", {"register.civil_status.dead": "true"}, {}),
    ("还有一件在办", {"own.open_applications": "1"}, {}),
    ("不同意调用身份证", {}, NO_CONSENT),
    ("没有户口簿", {}, {"cert.household_register.division": "NOT_HELD"}),
    ("参保信息没有响应", {}, {"register.social_insurance.insured": "UNREACHABLE"}),
    ("人口信息没有响应", {}, {"register.civil_status.dead": "UNREACHABLE"}),
]


class Desk:
    """An admin at a browser: opens pages of one draft, fills fields, presses buttons."""

    def __init__(self, client: Client, draft: EditionDraft) -> None:
        self.client, self.draft = client, draft

    def at(self, page: str) -> str:
        return f"/catalogue/drafts/{self.draft.pk}/{page}"

    def press(self, page: str, act: str, **fields: Any) -> str:
        """Fill in fields of a page and press a button, and agree where it asks; return where it leads."""
        sure = {} if page.startswith("parts/") else {"sure": "yes"}
        named = {k.replace("__", "."): v for k, v in fields.items()}
        return send(self.client, self.at(page), act=act, fields=named, **sure)

    def write(self, page: str, fields: dict[str, Any], act: str = "save") -> str:
        return send(self.client, self.at(page), act=act, fields=fields)

    @property
    def content(self) -> Any:
        self.draft.refresh_from_db()
        return self.draft.content

    def drop(self, page: str, path: str, *, keep: Any) -> None:
        """Press the button that removes an entry until only those are left that are to be kept."""
        while True:
            entries = self.listed(path)
            gone = [at for at, entry in enumerate(entries) if not keep(entry)]
            if not gone:
                return
            self.press(page, f"remove:{path}[{gone[0]}]")

    def listed(self, path: str) -> list[Any]:
        held = self.content
        for step in path.replace("[", ".").replace("]", "").split("."):
            held = held[int(step)] if step.isdecimal() else held[step]
        return [(key, held[key]) for key in held] if isinstance(held, dict) else held


@pytest.fixture
def desk(client: Client, city: datetime) -> Desk:
    client.force_login(district.admin("11440507MB2X00047C"))
    answer = client.post(f"/catalogue/matters/{LIKE}/like", {"code": CODE, "name": NAME})
    assert answer.status_code == 302
    return Desk(client, EditionDraft.objects.get(matter_code=CODE))


def test_matter_23_is_written_without_json(desk: Desk) -> None:
    desk.press("tables/examples", "drop:examples")
    about(desk)
    type_of_certificate(desk)
    checks(desk)
    form(desk)
    result(desk)
    assert ground(desk)["condition"] == CONDITION
    for example in EXAMPLES:
        keep_example(desk, *example)
    found = [str(problem) for problem in examine(desk.content).errors]
    assert found == []


def about(desk: Desk) -> None:
    summary = "女满四十周岁、男满五十周岁，或者有残疾人证、低保证，没有工作的，认定为就业困难人员。"
    texts = {"summary": summary, "type": "07", "mode": "instant_filing", "everyday_words": "\n".join(WORDS)}
    desk.write("parts/about", texts)


def type_of_certificate(desk: Desk) -> None:
    where = desk.press("tables/certificate_types", "add:certificate_types")
    assert where.endswith("/parts/certificate_types.0")
    page, name = "parts/certificate_types.0", "certificate_types[0]"
    told = {"code": "11440507MB2X00047C023", "slug": "hardship_recognition", "name": "就业困难人员认定书"}
    told |= {"holder_kind": "person", "definer_name": "示例市人力资源和社会保障局"}
    desk.write(page, {f"{name}.{key}": text for key, text in told.items()}, act=f"add:{name}.fields")
    for key, label in (("number", "认定书编号"), ("name", "姓名")):
        at = next(n for n, (known, _) in enumerate(desk.listed(f"{name}.fields")) if known.startswith("new_"))
        entry = f"{name}.fields[{at}]"
        fields = {f"{entry}:key": key, f"{entry}.type": "text", f"{entry}.label": label}
        desk.write(page, fields, act=f"add:{name}.fields" if key == "number" else "save")


def checks(desk: Desk) -> None:
    desk.drop("checks", "checks", keep=lambda one: one["code"] not in {"age", "not_registered"})
    desk.press("checks", "add:checks")
    at = len(desk.content["checks"]) - 1
    page, name = f"parts/checks.{at}", f"checks[{at}]"
    told = {"code": "hardship", "name": "属于就业困难人员"}
    told |= {
        "told.pass": "您属于就业困难人员。",
        "told.fail": "按证照和年龄，暂时看不出您属于就业困难人员。由工作人员核对。",
    }
    told |= {"told.unknown": "系统没有取得需要的证照。由工作人员核对，您不用补交证明。"}
    desk.write(page, {f"{name}.{key}": text for key, text in told.items()}, act=f"add:{name}.basis")
    basis = {"law": LAW, "article": "第五十二条", "text": TEXT}
    desk.write(page, {f"{name}.basis[0].{key}": text for key, text in basis.items()})
    build(desk, page, f"{name}.condition")


def build(desk: Desk, page: str, name: str) -> None:
    """Build the any-group as one would: rows and groups first, then a fact, an operator and a value in each."""
    desk.press(page, f"row:{name}")
    desk.press(page, f"row:{name}")
    desk.write(page, {f"{name}:kind": "any"}, act=f"group:{name}")
    desk.press(page, f"group:{name}")
    for group in (2, 3):
        desk.write(page, {f"{name}-{group}:kind": "all"}, act=f"row:{name}-{group}")
    rows = {"2-0": ("cert.resident_id.sex", "eq", "female"), "2-1": ("derived.age", "ge", "40")}
    rows |= {"3-0": ("cert.resident_id.sex", "eq", "male"), "3-1": ("derived.age", "ge", "50")}
    rows |= {"0": ("cert.disability_certificate.held", "eq", "true")}
    rows |= {"1": ("cert.subsistence_certificate.held", "eq", "true")}
    desk.write(page, {f"{name}-{row}:fact": fact for row, (fact, _, _) in rows.items()})
    desk.write(page, {f"{name}-{row}:op": op for row, (_, op, _) in rows.items()})
    desk.write(page, {f"{name}-{row}:value": value for row, (_, _, value) in rows.items()})
    for row in ("2", "3"):
        desk.press(page, f"row-up:{name}-{row}")
    for row in ("1", "2"):
        desk.press(page, f"row-up:{name}-{row}")


def form(desk: Desk) -> None:
    page = next(
        at
        for at, one in enumerate(desk.content["form"]["pages"])
        for q in one["questions"]
        if q["name"] == "tier"
    )
    path = f"form.pages[{page}].questions"
    desk.drop("tables/questions", path, keep=lambda one: one["name"] != "tier")
    for at, one in enumerate(desk.content["situations"]):
        if one["form"] == "form.tier":
            desk.press("parts/situations", f"remove:situations[{at}]")
    uses = desk.content["uses"]["certificates"]
    why = {
        f"uses.certificates[{n}].why": "看您是不是就业困难人员，不读取内容"
        for n, use in enumerate(uses)
        if not use["why"]
    }
    assert len(why) == 2, "the two certificates chosen anew were added by themselves"
    desk.write("parts/uses", why)


def result(desk: Desk) -> None:
    sentence = "您已认定为就业困难人员，可以享受就业援助。"
    certificate = {"type": "hardship_recognition", "number": "LHJK{year}{serial:8}"}
    fields = {f"result.certificate.{key}": text for key, text in certificate.items()}
    desk.press("outcome", "drop:outcome")
    desk.write("parts/result", {"result.sentence": sentence} | fields)
    desk.drop("parts/result", "result.certificate.fields", keep=lambda one: one[0] in {"number", "name"})


def ground(desk: Desk) -> Any:
    return next(check for check in desk.content["checks"] if check["code"] == "hardship")


def keep_example(desk: Desk, name: str, otherwise: dict[str, str], unknown: dict[str, str]) -> None:
    sent = {f"v.{fact}": text for fact, text in (WOMAN | otherwise).items()}
    sent |= {f"u.{fact}": reason for fact, reason in (NO_PERMIT | unknown).items()}
    revision = EditionDraft.objects.get(pk=desk.draft.pk).revision
    sent |= {"act": "save", "sure": "yes", "name": name, "on": "2026-11-20", "revision": str(revision)}
    answer = desk.client.post(desk.at("try"), sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
