"""docker/proxy.conf: nginx's own syntax, the limits it must set, and what it must not hand on or write down."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import crossplane
import pytest
from django.conf import settings
from django.urls import Resolver404, resolve

from tests.project import sources

FILE = sources.ROOT / "docker" / "proxy.conf"
PAGES = sources.ROOT / "docker" / "pages" / "proxy"
NEWER = {"http2"}  # a directive since nginx 1.25.1, which the parser does not know yet
Block = list[dict[str, Any]]


def parsed(path: Path) -> Block:
    told = crossplane.parse(str(path), single=True, catch_errors=True, strict=False)
    assert told["errors"] == []
    block: Block = told["config"][0]["parsed"]
    return block


def walk(block: Block, inside: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for one in block:
        yield inside, one
        yield from walk(one.get("block", []), (*inside, " ".join([one["directive"], *one["args"]])))


WHOLE = parsed(FILE)
EVERY = list(walk(WHOLE))
(SITE,) = [one for _, one in EVERY if one["directive"] == "server" and "ssl" in str(one["block"])]


def told(name: str, *, block: Block | None = None) -> list[list[str]]:
    every = EVERY if block is None else list(walk(block))
    return [one["args"] for _, one in every if one["directive"] == name]


def location_of(path: str) -> dict[str, Any]:
    """Return the location nginx takes: the exact one, `^~`, the first pattern, the longest prefix."""
    places = [one for one in SITE["block"] if one["directive"] == "location"]
    for sign, takes in (
        ("=", lambda args: path == args[-1]),
        ("^~", lambda args: path.startswith(args[-1])),
        ("~", lambda args: re.search(args[-1], path)),
    ):
        for one in places:
            if one["args"][0] == sign and takes(one["args"]):
                return one
    return next(one for one in places if one["args"] == ["/"])


def test_every_directive_is_known_and_where_it_belongs() -> None:
    found = crossplane.parse(str(FILE), single=True, catch_errors=True, strict=True)["errors"]
    known = {
        one["line"]
        for inside, one in EVERY
        if one["directive"] in NEWER or (inside[-1:] and inside[-1].startswith("map "))
    }
    assert [one["error"] for one in found if one["line"] not in known] == []


@pytest.mark.parametrize("wrong", ["client_max_body_sizes 2m;", "listen 80", "worker_processes;", "}"])
def test_the_check_finds_what_is_wrong(tmp_path: Path, wrong: str) -> None:
    broken = tmp_path / "nginx.conf"
    broken.write_text(f"events {{}}\nhttp {{ server {{ {wrong} }} }}\n", encoding="utf-8")
    assert crossplane.parse(str(broken), single=True, catch_errors=True, strict=True)["errors"]


def test_nothing_that_identifies_is_written_down() -> None:
    assert told("access_log") == [["off"]]
    assert told("error_log") == [["/dev/stderr", "crit"]]
    assert told("limit_req_log_level") == told("limit_conn_log_level") == [["info"]]


def test_what_the_visitor_claims_of_themselves_is_gone() -> None:
    sent = {args[0].lower(): args[1] for args in told("proxy_set_header")}
    assert sent["x-forwarded-for"] == "$remote_addr"
    assert sent["x-forwarded-proto"] == "https"
    assert sent["x-request-id"] == "$request_id"
    assert sent["forwarded"] == sent["x-forwarded-host"] == ""
    assert {inside for inside, one in EVERY if one["directive"] == "proxy_set_header"} == {("http",)}


def size(text: str) -> int:
    return int(text[:-1]) * {"k": 2**10, "m": 2**20, "g": 2**30}[text[-1]]


def largest(path: str) -> int:
    own = [one["args"] for one in location_of(path)["block"] if one["directive"] == "client_max_body_size"]
    general = next(
        one["args"]
        for inside, one in EVERY
        if inside == ("http",) and one["directive"] == "client_max_body_size"
    )
    return size((own or [general])[0][0])


REFERENCE = "44050720261120000001"


@pytest.mark.parametrize(
    "path", [f"/uploads/{REFERENCE}/photo", f"/drafts/{REFERENCE}/1", f"/applications/{REFERENCE}/supplement"]
)
def test_uploads_may_be_as_large_as_the_portal_takes_and_no_more(path: str) -> None:
    resolve(path)  # raises where nothing answers
    assert settings.REQUEST_LARGEST <= largest(path) < settings.REQUEST_LARGEST * 1.1


@pytest.mark.parametrize("path", ["/", "/sign-in", "/check", "/messages", "/office/posts"])
def test_nothing_else_may(path: str) -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= largest(path) <= 2 * 2**20


@pytest.mark.parametrize("path", ["/metrics", "/healthz/ready"])
def test_what_is_for_inside_is_not_handed_on(path: str) -> None:
    resolve(path)  # raises where nothing answers
    ((_, instead, last),) = told("rewrite", block=location_of(path)["block"])
    assert last == "break"
    with pytest.raises(Resolver404):
        resolve(instead)


def test_a_load_balancer_may_ask_whether_it_lives() -> None:
    ((target,),) = told("proxy_pass", block=location_of("/healthz/live")["block"])
    assert target.endswith(":8000")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/staff/sign-in", "/check", "/c/token", "/uploads/1/x"])
def test_every_address_is_limited_and_doors_more_than_others(path: str) -> None:
    zones = {args[1].partition("=")[2].partition(":")[0]: args[2] for args in told("limit_req_zone")}
    own = told("limit_req", block=location_of(path)["block"])
    general = [one["args"] for one in SITE["block"] if one["directive"] == "limit_req"]
    limits = {args[0].partition("=")[2] for args in own or general}
    assert {"pages", "posts"} <= limits <= zones.keys()
    assert ("entry" in limits) == (path in {"/sign-in", "/staff/sign-in", "/check", "/c/token"})
    assert told("limit_req_status") == told("limit_conn_status") == [["429"]]


def test_old_ciphers_and_protocols_are_refused() -> None:
    assert told("ssl_protocols") == [["TLSv1.2", "TLSv1.3"]]
    (ciphers,) = told("ssl_ciphers")
    assert all("ECDHE" in one and ("GCM" in one or "POLY1305" in one) for one in ciphers[0].split(":"))


def test_its_own_pages_exist_and_help_without_the_portal() -> None:
    named = {args[-1] for args in told("error_page")}
    assert named == {f"/proxy/{page.name}" for page in PAGES.iterdir()}
    for page in PAGES.iterdir():
        text = page.read_text(encoding="utf-8")
        assert 'lang="zh-CN"' in text
        assert "tel:12345" in text
        assert not re.search(r"<script|<style|style=|https?://", text)


def test_what_is_too_long_for_a_line_is_told_by_the_proxy_in_chinese() -> None:
    """gunicorn takes every line nginx hands on: its own answer to a longer one is English."""
    ((_, line),) = told("large_client_header_buffers")
    server = runpy.run_path(str(sources.ROOT / "portal" / "gunicorn.py"))
    assert server["limit_request_line"] >= size(line) - len("\r\n")
    assert server["limit_request_field_size"] >= size(line)
    pages = {args[0]: args[-1] for args in told("error_page")}
    assert (pages["414"], pages["494"]) == ("/proxy/414.html", "/proxy/431.html")
