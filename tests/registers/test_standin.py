"""The stand-in itself: what it keeps, how it is steered, and who may steer it."""

from __future__ import annotations

import http.client
import itertools
import json
import signal
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.standin import book, page, wire
from registers.standin.book import Book
from tests.registers.conftest import StandIn, start

ID = "440507193403159997"


def send(stand_in: StandIn, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    line = http.client.HTTPConnection(urlsplit(stand_in.url).netloc, timeout=5)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def test_says_on_its_page_that_it_is_a_stand_in(stand_in):
    stand_in.tell(register="test_alive", fault="delay", ms=300)
    status, body = send(stand_in, "GET", "/")
    text = body.decode()
    assert status == 200
    for words in ("替身", "不是真实的", "延迟回答（300 毫秒）", "人口死亡登记信息", 'lang="zh-Hans"'):
        assert words in text


def test_its_page_escapes_what_it_shows():
    one: dict[str, Any] = {
        "label": "<b>",
        "register": '"x"',
        "records": 0,
        "asked": 0,
        "fault": "none",
        "ms": 0,
    }
    assert "<b>" not in page.render([one])
    assert 'value=""x""' not in page.render([one])


def test_the_page_can_break_and_mend_a_register(stand_in):
    form = b"register=test_alive&fault=silence&ms="
    status, _ = send(
        stand_in, "POST", "/control", form, **{"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert status == 303
    assert json.loads(send(stand_in, "GET", "/control")[1])["registers"]
    assert stand_in.tell(register="test_alive", fault="none")["test_alive"]["fault"] == "none"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example:80"}, 403),
        ({"Host": "evil"}, 403),
    ],
)
def test_no_web_site_may_steer_it(stand_in, headers, status):
    assert send(stand_in, "POST", "/control", b'{"reset": true}', **headers)[0] == status
    assert send(stand_in, "POST", "/test_alive", b'{"query": {"id_number": "1"}}', **headers)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/test_alive", b'{"query": {"id_number": "1"}}', 200),
        ("POST", "/nothing", b'{"query": {}}', 404),
        ("POST", "/test_alive", b"{", 400),
        ("POST", "/test_alive", b"[]", 400),
        ("POST", "/test_alive", b'{"query": 5}', 400),
        ("GET", "/test_alive", b"", 405),
        ("POST", "/control", b'{"register": "nothing", "fault": "error"}', 400),
        ("POST", "/control", b'{"register": "test_alive", "fault": "fire"}', 400),
        ("POST", "/control", b"{}", 400),
    ],
)
def test_answers_in_kind(stand_in, method, path, body, status):
    found, answer = send(stand_in, method, path, body)
    assert found == status
    assert b'"hit"' not in answer or status == 200


def test_its_file_holds_no_identity_and_is_read_again_when_it_changes(tmp_path: Path):
    file = tmp_path / "var" / "registers.json"
    book.write(file, {"alive": [({"id_number": ID}, {"dead": False})]}, defaults={"free": {"ok": True}})
    text = file.read_text()
    assert ID not in text
    assert ID[:17] not in text
    running = start(file)
    ask = json.dumps({"query": {"id_number": f" {ID.lower()} "}}).encode()
    assert json.loads(send(running, "POST", "/alive", ask)[1]) == {"hit": True, "values": {"dead": False}}
    assert json.loads(send(running, "POST", "/free", ask)[1]) == {"hit": True, "values": {"ok": True}}
    time.sleep(0.02)
    book.write(file, {"alive": [({"id_number": ID}, {"dead": True})]})
    assert json.loads(send(running, "POST", "/alive", ask)[1])["values"] == {"dead": True}
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=5) == 0


def test_a_key_is_filed_for_its_register_only():
    kept = Book()
    kept.add("a", [({"x": "1", "y": 2}, {"v": 1})])
    kept.add("b", [])
    assert kept.find("a", {"y": 2, "x": " 1"}) == {"v": 1}
    assert kept.find("b", {"x": "1", "y": 2}) is None
    assert kept.find("a", {"x": "1"}) is None
    with pytest.raises(KeyError):
        kept.find("c", {})


REQUEST = b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"


@given(st.lists(st.integers(0, len(REQUEST) * 2), max_size=5))
def test_requests_are_whole_however_they_arrive(cuts):
    stream, buffer, found = REQUEST * 2, b"", []
    edges = [0, *sorted(cuts), len(stream)]
    for start_at, end_at in itertools.pairwise(edges):
        buffer += stream[start_at:end_at]
        while True:
            request, buffer = wire.parse(buffer)
            if request is None:
                break
            found.append(request)
    assert [(one.method, one.path, one.body) for one in found] == [("POST", "/x", b"hello")] * 2
    assert buffer == b""


@given(st.binary(max_size=200))
def test_noise_is_refused_or_waited_for_and_never_breaks_it(noise):
    try:
        request, rest = wire.parse(noise)
    except ValueError:
        return
    assert request is not None or rest == noise
