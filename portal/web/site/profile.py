"""The site's particulars as every page shows them: the newest SiteProfile, kept in the process for a minute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import Error, transaction

from common import clock

KEPT_SECONDS = 60
LABELS = {
    "name": "网站名称",
    "district": "所在地区",
    "portal_line": "统一入口",
    "host": "主办单位",
    "undertaker": "承办单位",
    "identifier": "网站标识码",
    "icp": "ICP 备案号",
    "police": "公安备案号",
    "phone": "联系电话",
    "hours": "服务时间",
    "hotline": "政务服务便民热线",
}
PARTICULARS = tuple(LABELS)
_MADE_UP = re.compile(r"示例|example|x{3,}|0{7,}", re.IGNORECASE)


@dataclass
class _Kept:
    """What this process knows. Until it has begun to serve pages, nobody asks the database."""

    site: Mapping[str, str] | None = None
    until: datetime | None = None


_kept = _Kept()


def begin() -> None:
    """Let this process read the profile from now on; called where pages begin to be served."""
    _kept.until = clock.system_time()


def kept() -> Mapping[str, str]:
    """Return the particulars as last read; asks nobody, for pages that must not wait for a database."""
    return _kept.site or settings.SITE


def current() -> Mapping[str, str]:
    """Return the particulars, read anew once a minute; a database that is away changes nothing on a page."""
    if _kept.until is not None and clock.system_time() >= _kept.until:
        _kept.until = datetime.fromtimestamp(
            clock.system_time().timestamp() + KEPT_SECONDS, tz=clock.SHANGHAI
        )
        _kept.site = _ask() or _kept.site
    return kept()


def _ask() -> Mapping[str, str] | None:
    try:
        with transaction.atomic():  # a page may be in the middle of one that an error must not spoil
            return stored()
    except Error:
        return None


def stored() -> Mapping[str, str] | None:
    """Return the newest profile over settings.SITE, None when none was entered."""
    row = apps.get_model("web", "SiteProfile").objects.values(*PARTICULARS).first()
    return {**settings.SITE, **{name: value for name, value in row.items() if value}} if row else None


def lacking(site: Mapping[str, str]) -> Iterator[str]:
    """Yield the particulars that every government site must name and that are empty or made up."""
    for name in PARTICULARS:
        if not site.get(name, "").strip() or _MADE_UP.search(site[name]):
            yield LABELS[name]
