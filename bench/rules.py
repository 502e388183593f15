"""How long judging takes: an edition of twelve checks with its full trace, and the same twelve as hand-written Python.

    .venv/bin/python bench/rules.py            prints JSON
    .venv/bin/python bench/rules.py --gate     exit 1 when judging takes longer than the gate

Needs no database and no servers. What is measured stands in bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import timeit
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rules import (
    Fact,
    Facts,
    PreparedChecks,
    Source,
    SourceKind,
    VerdictKind,
    parse_checks,
    parse_vocabulary,
    prepare,
    verdict_to_json,
)

GATE_US = 60.0
ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MEMBERS = "register.family.members"
Json = dict[str, Any]
AGE = {"age": {"type": "integer", "label": "年龄", "unit": "周岁"}}
# name: type, label, the value one person's source gives (everything passes), further keys
FACTS: dict[str, tuple[str, str, Any, Json]] = {
    "cert.hukou.division": ("division", "户籍所在地", "440507001", {}),
    "cert.id.birth": ("date", "出生日期", date(1940, 2, 29), {"personal": True}),
    "cert.id.name": ("text", "姓名", "陈秀英", {"personal": True}),
    "cert.id.number": ("text", "公民身份号码", "440507194002299980", {"personal": True}),
    "cert.bank.name": ("text", "户名", "陈 秀英", {"personal": True}),
    "cert.bank.status": ("code", "账户状态", "normal", {"codes": {"normal": "正常", "lost": "已挂失"}}),
    "cert.disability.level": ("code", "残疾等级", "2", {"codes": {"1": "一级", "2": "二级", "3": "三级"}}),
    "cert.disability.issued": ("date", "签发日期", date(2020, 5, 1), {}),
    "register.civil.dead": ("boolean", "死亡登记", False, {"false_text": "没有死亡登记"}),
    "register.benefit.count": ("integer", "正在领取的津贴", 0, {"unit": "项"}),
    "register.income.monthly": ("money", "月收入", Decimal("1200.00"), {}),
    MEMBERS: ("list", "家庭成员", ({"age": 61}, {"age": 30}), {"unit": "人", "fields": AGE}),
    "form.account": ("code", "发放账户", "card", {"codes": {"card": "社会保障卡", "other": "其他账户"}}),
    "form.promise": ("boolean", "承诺", True, {}),
    "own.open_applications": ("integer", "在办的同一申请", 0, {"unit": "件"}),
    "applicant.id_number": ("text", "公民身份号码", "440507194002299980", {"personal": True}),
}
DERIVED = [{"name": "derived.age", "kind": "age", "of": "cert.id.birth", "label": "年龄"}]
PLACES = {"4405": "示例市", "440507": "龙湖区", "440507001": "珠池街道"}
TOLD = {"pass": "通过。", "fail": "没有通过。", "unknown": "没能核实。"}


def leaf(fact: str, op: str, value: Any = None, **more: Any) -> Json:
    """Return one comparison."""
    return {"fact": fact, "op": op} | ({} if value is None else {"value": value}) | more


CONDITIONS: list[Json] = [
    leaf("cert.hukou.division", "within", "440507"),
    leaf("derived.age", "ge", 80),
    leaf("register.civil.dead", "eq", value=False),
    leaf("register.benefit.count", "eq", 0),
    leaf("cert.bank.name", "same_as", other="cert.id.name"),
    leaf("own.open_applications", "eq", 0),
    {"any": [leaf("form.account", "eq", "card"), leaf("form.promise", "eq", value=True)]},
    leaf("cert.bank.status", "eq", "normal"),
    leaf("cert.disability.level", "in", ["1", "2"]),
    leaf("register.income.monthly", "lt", "2000.00"),
    {"none": MEMBERS, "where": leaf("item.age", "lt", 18)},
    {
        "all": [
            leaf("cert.id.number", "eq", other="applicant.id_number"),
            leaf("cert.disability.issued", "within_months", 120),
        ]
    },
]


def edition() -> PreparedChecks:
    """Return the twelve checks as a published edition holds them."""
    specs = [
        {"name": name, "type": kind, "label": label} | more for name, (kind, label, _, more) in FACTS.items()
    ]
    vocabulary = parse_vocabulary({"specs": specs, "derived": DERIVED, "divisions": PLACES})
    checks = [
        {
            "code": f"c{at}",
            "name": f"核验项{at}",
            "condition": condition,
            "told": TOLD,
            "basis": {"law": "示例办法"},
        }
        for at, condition in enumerate(CONDITIONS)
    ]
    return prepare(parse_checks(checks), vocabulary=vocabulary)


def facts() -> dict[str, Fact]:
    """Return what is known of one person, each fact with where and when it was read."""
    kinds = {"cert": SourceKind.CERTIFICATE, "register": SourceKind.REGISTER}
    return {
        name: Fact.known(
            value, Source(kinds.get(name.split(".")[0], SourceKind.FORM), name, label, "N-1", 1, "x", AT)
        )
        for name, (_, label, value, _) in FACTS.items()
    }


def by_hand(known: Facts) -> bool:
    """Return what the twelve checks ask, as a programmer would write them: no reasons, no trace, no law."""
    value: Json = {name: fact.value for name, fact in known.items()}
    birth, issued = value["cert.id.birth"], value["cert.disability.issued"]
    age = ON.year - birth.year - ((ON.month, ON.day) < (birth.month, birth.day))
    return (
        value["cert.hukou.division"].startswith("440507")
        and age >= 80
        and value["register.civil.dead"] is False
        and value["register.benefit.count"] == 0
        and value["cert.bank.name"].replace(" ", "") == value["cert.id.name"].replace(" ", "")
        and value["own.open_applications"] == 0
        and (value["form.account"] == "card" or value["form.promise"])
        and value["cert.bank.status"] == "normal"
        and value["cert.disability.level"] in ("1", "2")
        and value["register.income.monthly"] < 2000
        and not any(record["age"] < 18 for record in value[MEMBERS])
        and value["cert.id.number"] == value["applicant.id_number"]
        and issued.replace(year=issued.year + 10) >= ON
    )


def microseconds(act: Callable[[], object], *, rounds: int = 250, times: int = 80) -> dict[str, float]:
    """Return the best and the median round, per call: the best is what the machine can do, the rest is others."""
    act()
    each = [timeit.timeit(act, number=times) / times * 1e6 for _ in range(rounds)]
    return {"best_us": round(min(each), 2), "median_us": round(statistics.median(each), 2)}


def measure() -> Json:
    """Return every figure."""
    load, prepared, known = os.getloadavg()[0], edition(), facts()
    verdict = prepared.judge(known, on=ON)
    if verdict.kind is not VerdictKind.GRANT or not by_hand(known):
        raise SystemExit("the twelve checks no longer pass: nothing was measured")
    judged = microseconds(lambda: prepared.judge(known, on=ON))
    hand = microseconds(lambda: by_hand(known))
    return {
        "checks": len(verdict.findings),
        "lines": sum(len(finding.leaves) for finding in verdict.findings),
        "judged_with_trace": judged,
        "and_every_word_read": microseconds(lambda: tuple(prepared.judge(known, on=ON).findings)),
        "and_json_to_store": microseconds(lambda: verdict_to_json(prepared.judge(known, on=ON))),
        "by_hand": hand,
        "ratio": round(judged["best_us"] / hand["best_us"], 1),
        "gate_us": GATE_US,
        "gate_met": judged["best_us"] <= GATE_US,
        "load_average_before": round(load, 2),
        "python": platform.python_version(),
        "machine": platform.processor() or platform.machine(),
    }


def main() -> int:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--gate", action="store_true")
    wanted = arguments.parse_args()
    told = measure()
    print(json.dumps(told, ensure_ascii=False, indent=2))
    return 1 if wanted.gate and not told["gate_met"] else 0


if __name__ == "__main__":
    sys.exit(main())
