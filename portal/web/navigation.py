"""The places of the portal, as header, phone tab bar and menu show them. A page that does not exist is not shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the navigation."""

    label: str
    short: str
    url: str
    icon: str
    current: bool
    unread: bool = False  # whether the count of unread messages stands beside it
    raised: bool = False  # the one in the middle of the phone's tab bar


# address name, words in the header, words in the tab bar, icon
CITIZEN_PLACES = (
    ("public:home", "首页", "首页", "home"),
    ("public:matters", "办事", "办事", "clipboard-list"),
    ("citizen:applications", "进度查询", "进度", "clock"),
    ("citizen:wallet", "我的证照", "证照", "certificate"),
    ("citizen:code", "亮码", "亮码", "qrcode"),
    ("citizen:inbox", "消息", "消息", "bell"),
    ("citizen:me", "我的", "我的", "user"),
)
INBOX, ME, CODE = "citizen:inbox", "citizen:me", "citizen:code"
NOT_IN_HEADER = (ME, CODE)
TAB_BAR = (
    "public:home",
    "public:matters",
    CODE,
    "citizen:applications",
    ME,
    "citizen:wallet",
    INBOX,
)
OFFICE_PLACES = (
    ("bureau:queue", "待办", "待办", "clipboard-list"),
    ("bureau:supplementing", "补正中", "补正中", "pencil"),
    ("bureau:done", "已办", "已办", "check"),
    ("counter:desk", "扫码", "扫码", "scan"),
    ("bureau:guardianships", "监护核实", "监护", "user-check"),
    ("catalogue:matters", "事项管理", "事项", "clipboard-list"),
    ("supervision:sheets", "核验单复查", "复查", "shield-check"),
    ("supervision:misuse", "用证异议", "异议", "message"),
    ("supervision:coverage", "免证办", "免证办", "certificate"),
    ("supervision:registers", "数据来源", "来源", "database"),
    ("store:find", "查找证照", "查找", "search"),
    ("store:types", "类型", "类型", "certificate"),
    ("store:look_up", "查验证照", "查验", "eye"),
    ("store:imports", "入库", "入库", "database"),
    ("store:seals", "印章", "印章", "shield-check"),
    ("bureau:posts", "岗位管理", "岗位", "users"),
    ("bureau:files", "文件查毒", "查毒", "shield-check"),
)
DESK_OF = {  # what each role finds in the bar
    "officer": (
        "bureau:queue",
        "bureau:supplementing",
        "bureau:done",
        "store:look_up",
        "bureau:guardianships",
    ),
    "clerk": ("counter:desk", "store:look_up", "bureau:guardianships"),
    "admin": (
        "catalogue:matters",
        "supervision:coverage",
        "supervision:registers",
        "bureau:posts",
        "bureau:files",
    ),
    "keeper": ("store:find", "store:types", "store:look_up", "store:imports", "store:seals"),
    "supervisor": (
        "supervision:sheets",
        "supervision:misuse",
        "catalogue:matters",
        "supervision:coverage",
        "supervision:registers",
    ),
}
BELONGS = {
    "supervision:free_list": "supervision:coverage",
    "store:comparison": "store:imports",
}  # page: its place
FOOTER_PLACES = (
    ("public:sitemap", "网站地图", "网站地图", "world"),
    ("public:accessibility", "无障碍说明", "无障碍说明", "accessible"),
    ("public:privacy", "个人信息处理规则", "个人信息", "lock"),
    ("public:help", "使用帮助", "使用帮助", "help-circle"),
    ("public:check", "证照真伪验证", "证照真伪验证", "shield-check"),
    ("public:free_list", "免证办清单", "免证办清单", "clipboard-list"),
)


def address(name: str) -> str:
    """Return the address of a page, or an empty text where the page does not exist."""
    return _address(name, get_urlconf() or settings.ROOT_URLCONF)


@cache
def _address(name: str, urlconf: str) -> str:
    """Look an address up once in a process: the frame of a page asks for thirty, and they never change."""
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def places(request: HttpRequest, table: tuple[tuple[str, str, str, str], ...]) -> dict[str, Place]:
    """Return the places of a table that exist, by address name; the deepest one that leads here is current."""
    found = {name: (label, short, address(name), icon) for name, label, short, icon in table}
    found = {name: row for name, row in found.items() if row[2]}
    leads = [
        row[2]
        for row in found.values()
        if request.path == row[2] or (row[2] != "/" and request.path.startswith(row[2]))
    ]
    here = max(leads, key=len, default="")
    page = request.resolver_match.view_name if request.resolver_match else ""
    here = found[BELONGS[page]][2] if BELONGS.get(page) in found else here
    return {
        name: Place(label, short, url, icon, current=url == here, unread=name == INBOX)
        for name, (label, short, url, icon) in found.items()
    }


def header(request: HttpRequest) -> list[Place]:
    """Return the links of the citizen's header."""
    return [place for name, place in places(request, CITIZEN_PLACES).items() if name not in NOT_IN_HEADER]


def tab_bar(request: HttpRequest) -> list[Place]:
    """Return at most five places for the phone's tab bar."""
    found = places(request, CITIZEN_PLACES)
    shown = [name for name in TAB_BAR if name in found][:5]
    # Where there is no room for the messages, their count stands beside what leads there.
    counted = INBOX if INBOX in shown else ME
    return [replace(found[name], unread=name == counted, raised=name == CODE) for name in shown]


def own(request: HttpRequest) -> list[Place]:
    """Return the links of the signed-in person's menu."""
    return [place for name, place in places(request, CITIZEN_PLACES).items() if name.startswith("citizen:")]


def rest_of_menu(request: HttpRequest) -> list[Place]:
    """Return what the phone's menu adds for who is signed in: the header's links stand above it already."""
    return [place for name, place in places(request, CITIZEN_PLACES).items() if name == ME]


def office(request: HttpRequest, *, role: str) -> list[Place]:
    """Return the links of the office's bar for the role acted in."""
    found = places(request, OFFICE_PLACES)
    return [found[name] for name in DESK_OF.get(role, ()) if name in found]


def footer(request: HttpRequest) -> list[Place]:
    """Return the links of the footer."""
    return list(places(request, FOOTER_PLACES).values())
