"""The stand-in's only page: says in Chinese that it is one, and lets a visitor of the demo break it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_FAULTS = {
    "none": "正常回答",
    "delay": "延迟回答",
    "error": "返回错误",
    "garbage": "返回乱码",
    "silence": "不回答",
    "drop": "断开连接",
}
_PAGE = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>数据共享来源替身</title>
<style>
body{{font:17px/1.7 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1b2430}}
h1{{font-size:1.6rem}}
p.note{{background:#fff4d6;border-left:4px solid #8a5a00;padding:.8rem 1rem}}
section{{border-top:1px solid #d5dbe3;padding:.6rem 0}}
h2{{font-size:1.1rem;margin:.3rem 0}}
select,input,button{{font:inherit;padding:.3rem .6rem;min-height:2.6rem;margin:.2rem .4rem .2rem 0}}
input{{width:7rem}}
</style></head>
<body><main>
<h1>数据共享来源替身</h1>
<p class="note">这是演示用的替身，不是真实的政务数据共享平台。
里面的记录都是编造的，只在本机使用，不保存公民身份号码。</p>
{sections}
</main></body></html>
"""
_SECTION = """<section><h2>{label}</h2>
<p>现在：<strong>{now}</strong>。记录 {records} 条，被询问 {asked} 次。</p>
<form method="post" action="/control"><input type="hidden" name="register" value="{register}">
<label>改为 <select name="fault">{options}</select></label>
<label>延迟毫秒数 <input name="ms" value="{ms}" inputmode="numeric"></label>
<button>更改</button></form></section>"""


def render(state: Iterable[Mapping[str, Any]]) -> str:
    """Return the page for the present state of every register."""
    sections = "\n".join(_section(one) for one in state)
    return _PAGE.format(sections=sections or "<p>还没有任何数据来源。</p>")


def _section(one: Mapping[str, Any]) -> str:
    options = "".join(
        f'<option value="{kind}"{" selected" if kind == one["fault"] else ""}>{label}</option>'
        for kind, label in _FAULTS.items()
    )
    now = _FAULTS[one["fault"]] + (f"（{one['ms']} 毫秒）" if one["fault"] == "delay" else "")
    shown = {name: escape(str(one[name])) for name in ("label", "register", "records", "asked", "ms")}
    return _SECTION.format(now=now, options=options, **shown)
