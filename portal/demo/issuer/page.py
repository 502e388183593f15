"""The stand-in's pages: who to be, and goodbye. Plainly marked as a stand-in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

KIND = "text/html; charset=utf-8"
_FRAME = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} - 省统一身份认证平台替身</title>
<style>
body{{font:17px/1.7 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:40rem;margin:2rem auto;
padding:0 1rem;color:#1b2430}}
h1{{font-size:1.6rem}}
p.note{{background:#fff4d6;border-left:4px solid #8a5a00;padding:.8rem 1rem}}
ul{{list-style:none;padding:0}}
button{{font:inherit;width:100%;text-align:left;padding:.6rem 1rem;min-height:2.8rem;margin:.2rem 0;
background:#fff;border:1px solid #6f7a88;border-radius:6px;cursor:pointer}}
</style></head>
<body><main>
<h1>{title}</h1>
<p class="note">这是演示用的替身，不是真实的身份认证平台。里面的人都是编造的，只在本机使用。</p>
{body}
</main></body></html>
"""


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody one can be. `level`: the platform's own word, 1 registered, 2 name and number, 3 face."""

    subject: str
    name: str
    id_number: str
    level: str = "3"
    mobile: str = ""

    def claims(self) -> dict[str, Any]:
        """Return what the platform tells of them."""
        told = {
            "sub": self.subject,
            "name": self.name,
            "id_number": self.id_number,
            "real_name_level": self.level,
            "phone_number": self.mobile,
        }
        return {name: value for name, value in told.items() if value}


def choose(people: Iterable[Someone], asked: Mapping[str, str]) -> str:
    """Return the page that asks who to be; what the portal asked for is carried along."""
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in asked.items()
    )
    rows = "".join(
        f'<li><button name="who" value="{escape(one.subject)}">{escape(one.name)}</button></li>'
        for one in people
    )
    cancel = '<li><button name="who" value="">取消，返回</button></li>'
    form = f'<form method="post" action="/authorize">{carried}<ul>{rows}{cancel}</ul></form>'
    return _FRAME.format(title="登录为", body=form)


def left() -> str:
    """Return the page after signing out."""
    return _FRAME.format(title="已退出", body="<p>您已退出身份认证平台。可以关闭这个窗口。</p>")
