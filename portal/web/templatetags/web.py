"""The components as template tags: `{% load web %}`. Props and examples: docs/reference/components.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import identifiers
from portal.web import principals
from portal.web.components import parts, wording
from portal.web.components import seal as sealing
from portal.web.components.codes import inline
from portal.web.components.icons import known_icons
from portal.web.forms import fields

register = template.Library()
ICON_SIZES = ("", "20", "22", "28", "34", "44")
QR_SIZES = ("84", "120", "280")


@register.inclusion_tag("components/frame/acting.html", takes_context=True)
def acting_bar(context: Context) -> dict[str, Any]:
    """Say on every page of a person who acts for another one whom they act for, with the way back to themselves."""
    request = context.get("request")
    whom, acting = "", None
    if request is not None and hasattr(request, "session") and request.user.is_authenticated:
        whom, acting = principals.acting_for(request), principals.chosen(request)
    return {
        "whom": whom,
        "acting": acting,
        "here": context.get("here", "/"),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def for_whom(context: Context) -> SafeString:
    """Draw the hidden field that says for whom a form was drawn: posted after a switch, it is refused."""
    whom = principals.acting_for(context["request"])
    return format_html('<input type="hidden" name="{}" value="{}">', principals.WHOM, whom)


# --- small pieces ---------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: str | int = "", *, turn: bool = False) -> SafeString:
    """Draw an icon from the one sprite; words always stand beside it."""
    return _icon(name, str(size), turn)


@cache
def _icon(name: str, size: str, turn: bool) -> SafeString:  # noqa: FBT001 -- a page has a hundred, all of them of these
    parts.one_of("icon", name, known_icons())
    kinds = f" icon--{parts.one_of('size', size, ICON_SIZES)}" if size else ""
    address = f"{static('img/sprite.svg')}#{name}"
    turning = " icon--turn" if turn else ""
    return format_html(
        '<svg class="icon{}{}" aria-hidden="true"><use href="{}"></use></svg>', kinds, turning, address
    )


def iconed(name: str) -> SafeString:
    """Draw an icon, or nothing where the part has none."""
    return icon(name) if name else SafeString("")


@register.simple_tag
def chip(label: str, kind: str = "plain") -> SafeString:
    """Draw a chip: a property of a matter or the state of a certificate."""
    parts.one_of("chip", kind, tuple(parts.CHIPS))
    return format_html('<span class="chip chip--{}">{}{}</span>', kind, iconed(parts.CHIPS[kind]), label)


@register.simple_tag
def pill(kind: str, label: str = "") -> SafeString:
    """Draw an outcome (通过 / 未能核实 / 不通过) or a state."""
    parts.one_of("pill", kind, tuple(parts.PILLS))
    drawn, words = parts.PILLS[kind]
    return format_html('<span class="pill pill--{}">{}{}</span>', kind, iconed(drawn), label or words)


@register.simple_tag
def source_tag(label: str, symbol: str = "id") -> SafeString:
    """Say where a value comes from."""
    return format_html('<span class="tag">{}{}</span>', icon(symbol), label)


@register.simple_tag
def button(
    label: str,
    kind: str = "primary",
    *,
    url: str = "",
    size: str = "",
    symbol: str = "",
    name: str = "",
    value: str = "",
    wide: bool = False,
    disabled: bool = False,
    key: str = "",
) -> SafeString:
    """Draw a button, or a link that looks like one where `url` is given."""
    parts.one_of("button", kind, parts.BUTTONS)
    parts.one_of("size", size, parts.SIZES)
    known: dict[str, Any] = {
        "label": label,
        "kind": kind,
        "url": url,
        "size": size,
        "symbol": symbol,
        "name": name,
    }
    more = {"value": value, "wide": wide, "disabled": disabled, "key": key}
    return render_to_string("components/button.html", known | more)


@register.simple_tag
def qr(content: str, size: str | int = 84, label: str = "二维码") -> SafeString:
    """Draw a QR code on the server: black on white with its quiet zone, sized by CSS."""
    parts.one_of("size", str(size), QR_SIZES)
    drawing = SafeString(inline(content))
    return format_html('<span class="qr qr--{}" role="img" aria-label="{}">{}</span>', size, label, drawing)


@register.simple_tag
def qr_picture(url: str, size: str | int = 84, label: str = "二维码") -> SafeString:
    """Show a QR code that has an address of its own: the page does not wait for its drawing."""
    parts.one_of("size", str(size), QR_SIZES)
    return format_html(
        '<img class="qr qr--{0}" src="{1}" width="{0}" height="{0}" alt="{2}">', size, url, label
    )


@register.simple_tag
def seal(organ: str, purpose: str = sealing.DEMO) -> SafeString:
    """Draw the seal of an organ, in the demo's words unless others are given."""
    return sealing.image(organ, purpose)


@register.simple_tag
def save_state(words: str = "") -> SafeString:
    """Show when the draft was last kept; site.js writes here after an autosave."""
    return format_html(
        '<span class="savestate" role="status" data-save-state>{}<span>{}</span></span>',
        icon("cloud-check", "20"),
        words,
    )


# --- frames with content --------------------------------------------------------------------------------------------
@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    *,
    note: str = "",
    link_url: str = "",
    link_text: str = "",
    kind: str = "",
    anchor: str = "",
    level: int = 2,
) -> SafeString:
    """Draw a card: title left, at most one link right."""
    parts.one_of("kind", kind, ("", "tight", "tint"))
    known = {"content": content, "title": title, "note": note, "link_url": link_url, "link_text": link_text}
    return render_to_string("components/card.html", known | {"kind": kind, "anchor": anchor, "level": level})


@register.simple_block_tag
def banner(content: str, kind: str, title: str) -> SafeString:
    """Draw a banner: wait (blue), down (amber), fault (red), pass (green), info (blue)."""
    parts.one_of("banner", kind, tuple(parts.BANNERS))
    known = {"content": content, "kind": kind, "title": title, "symbol": parts.BANNERS[kind]}
    return render_to_string("components/banner.html", known)


@register.simple_block_tag
def fold(content: str, title: str, *, opened: bool = False, anchor: str = "") -> SafeString:
    """Draw a question or article that opens, without JavaScript."""
    return render_to_string(
        "components/fold.html", {"content": content, "title": title, "opened": opened, "anchor": anchor}
    )


# --- lists and pictures of state -------------------------------------------------------------------------------------
@register.inclusion_tag("components/empty.html")
def empty(symbol: str, title: str, text: str, url: str = "", label: str = "") -> dict[str, Any]:
    """Draw an empty state: one sentence, one button."""
    return {"symbol": symbol, "title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/summary.html")
def summary_list(rows: Sequence[parts.Row], kind: str = "") -> dict[str, Any]:
    """Draw label and value lines, each with its source and 修改 link where given."""
    return {"rows": rows, "kind": parts.one_of("kind", kind, ("", "dense", "two"))}


@register.inclusion_tag("components/table.html")
def data_table(
    columns: Sequence[parts.Column], rows: Sequence[Sequence[object]], caption: str
) -> dict[str, Any]:
    """Draw a table; on a phone each row becomes label and value lines. The first cell names the row."""
    return {
        "columns": columns,
        "caption": caption,
        "rows": [list(zip(columns, row, strict=True)) for row in rows],
    }


@register.inclusion_tag("components/sheet.html")
def verification_sheet(rows: Sequence[parts.SheetRow], caption: str = "核验单") -> dict[str, Any]:
    """Draw the verification sheet; what is not proven stands first."""
    return {"rows": sorted(rows, key=lambda row: parts.OUTCOMES.index(row.outcome)), "caption": caption}


@register.inclusion_tag("components/certificate.html")
def certificate_card(face: parts.CertificateFace) -> dict[str, Any]:
    """Draw a certificate as it looks when issued."""
    return {"face": face}


@register.inclusion_tag("components/wallet.html")
def wallet_card(face: parts.CertificateFace, level: int = 3) -> dict[str, Any]:
    """Draw a certificate as it stands in the wallet."""
    return {"face": face, "level": level}


@register.inclusion_tag("components/timeline.html")
def timeline(steps: Sequence[parts.Step]) -> dict[str, Any]:
    """Draw what happened, what happens now, what is to come."""
    return {"steps": steps}


@register.inclusion_tag("components/deadline.html")
def deadline_strip(days: Sequence[parts.Day]) -> dict[str, Any]:
    """Draw every calendar day up to the due day; more than nine wrap into weeks."""
    return {"days": [(day, wording.WEEKDAYS[day.day.weekday()]) for day in days], "many": len(days) > 9}


@register.inclusion_tag("components/progress.html")
def progress(labels: Sequence[str], current: int, note: str = "") -> dict[str, Any]:
    """Draw the steps of a form; `current` counts from 1."""
    if not 1 <= current <= len(labels):
        raise parts.UnknownProp(f"current={current}; 1 to {len(labels)}")
    states = [
        "done" if n < current else "now" if n == current else "ahead" for n in range(1, len(labels) + 1)
    ]
    return {
        "steps": list(zip(labels, states, strict=True)),
        "current": current,
        "label": labels[current - 1],
        "note": note,
    }


@register.inclusion_tag("components/timebars.html")
def time_bars(bars: Sequence[parts.TimeBar]) -> dict[str, Any]:
    """Draw statutory, committed and real time in one picture."""
    return {"bars": bars}


@register.inclusion_tag("components/tile.html")
def tile(name: str, note: str, url: str, symbol: str, count: str = "") -> dict[str, Any]:
    """Draw one entry of a tile field."""
    return {"name": name, "note": note, "url": url, "symbol": symbol, "count": count}


@register.inclusion_tag("components/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any], word: str = "page", label: str = "分页") -> dict[str, Any]:
    """Draw the pagination of a Paginator page; other query parameters stay."""
    query = context["request"].GET.copy()

    def at(number: int) -> str:
        query[word] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [(n, at(n) if isinstance(n, int) else "", n == page.number) for n in numbers]
    back = at(page.previous_page_number()) if page.has_previous() else ""
    onward = at(page.next_page_number()) if page.has_next() else ""
    several = page.paginator.num_pages > 1
    return {"links": links, "back": back, "onward": onward, "several": several, "label": label}


@register.simple_tag
def rating_fields(
    levels: Sequence[parts.Level],
    *,
    chosen: str = "",
    tags: Sequence[str] = (),
    comment: str = "",
    anonymous: bool = False,
    error: str = "",
) -> SafeString:
    """Draw the five faces, the tags of each level, text and 匿名. Nothing is chosen unless the visitor chose it."""
    if not (chosen or tags or comment or anonymous or error):
        return _untouched_rating(tuple(replace(one, tags=tuple(one.tags)) for one in levels))
    known: dict[str, Any] = {"levels": levels, "chosen": str(chosen), "tags": list(tags), "comment": comment}
    return render_to_string("components/rating.html", known | {"anonymous": anonymous, "error": error})


@cache
def _untouched_rating(levels: tuple[parts.Level, ...]) -> SafeString:
    """Draw the fields as everybody finds them: on every result page, and a third of the time it takes to draw one."""
    known = {"levels": levels, "chosen": "", "tags": [], "comment": "", "anonymous": False, "error": ""}
    return render_to_string("components/rating.html", known)


# --- forms -----------------------------------------------------------------------------------------------------------
@register.simple_tag
def field_view(bound: BoundField) -> fields.FieldView:
    """Return everything the field template draws."""
    return fields.view(bound)


@register.inclusion_tag("components/form/errors.html")
def error_summary(
    form: forms.BaseForm, title: str = "", also: forms.BaseForm | None = None
) -> dict[str, Any]:
    """Draw the error summary of a form, or of two that stand in one; it takes the focus when the page opens."""
    found = [error for one in (form, also) if one and one.is_bound for error in fields.summary(one)]
    return {"errors": found, "title": title or f"还不能继续，有 {len(found)} 处要改"}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """Return 错误： for the page title when the page's `form` has errors."""
    form = context.get("form")
    return "错误：" if isinstance(form, forms.BaseForm) and form.is_bound and form.errors else ""


# --- wording ----------------------------------------------------------------------------------------------------------
register.filter("ref4", wording.ref4)
register.filter("cn_date", wording.cn_date)
register.filter("iso_date", wording.iso_date)
register.filter("iso_dt", wording.iso_dt)
register.filter("short_dt", wording.short_dt)
register.filter("duration_cn", wording.duration_cn)
register.filter("mask_id", identifiers.mask_id)
register.filter("mask_name", identifiers.mask_name)
register.filter("mask_mobile", identifiers.mask_mobile)


@register.filter
def named(names: dict[str, str], code: str) -> str:
    """Return the name of a code, or the code where the name is not known."""
    return names.get(code, code)


@register.filter
def cn_date_year(value: date | datetime) -> str:
    """Return the sentence date with its year."""
    return wording.cn_date(value, year=True)


@register.filter
def initial(name: str) -> str:
    """Return the character shown in a person's round mark."""
    return name[:1] or "·"
