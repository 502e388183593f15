"""A browser without pictures: one kept-alive connection, cookies, forms sent as the page wrote them."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_CONTROL = re.compile(
    r"<(?:input|button|option)\b[^>]*>|<select\b[^>]*>|<textarea\b[^>]*>(?:[^<]*)", re.DOTALL
)
_ATTRIBUTE = re.compile(r'([\w-]+)(?:=(?:"([^"]*)"|([^\s">]+)))?')
MOVED = frozenset({301, 302, 303, 307})


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it goes, and what a browser would send if nobody touched it."""

    action: str
    method: str
    fields: dict[str, str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server."""

    url: str
    status: int
    text: str
    location: str

    def forms(self) -> list[Form]:
        """Return the page's forms."""
        return [_form(self.url, head, body) for head, body in _FORM.findall(self.text)]

    def form(self, *, action: str = "", holding: str = "") -> Form:
        """Return the form whose address ends so, or that has a control of this name; fails with the page's title."""
        for form in self.forms():
            if urlsplit(form.action).path.endswith(action) and (not holding or holding in form.names):
                return form
        raise AssertionError(f"no form {action or holding!r} on {self.url} ({self.status} {self.title})")

    @property
    def title(self) -> str:
        """Return the page's title."""
        found = re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)
        return unescape(found.group(1).strip()) if found else self.text[:200]

    @property
    def words(self) -> str:
        """Return what the page says, without its tags."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.text)))


@dataclass
class Visitor:
    """Somebody at a browser. Follows a redirect only when asked to, so that both halves can be timed."""

    site: str
    timeout: float = 30.0
    cookies: dict[str, str] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None

    def get(self, address: str, *, referrer: str = "") -> Answer:
        """Open an address and follow where it leads."""
        return self.follow(self.send("GET", urljoin(self.site, address), referrer=referrer))

    def post(self, page: Answer, form: Form, /, **given: str) -> Answer:
        """Send a form of a page as its button would, without following the answer."""
        return self.send("POST", form.action, data={**form.fields, **given}, referrer=page.url)

    def follow(self, answer: Answer) -> Answer:
        """Open what a redirect names, and what that names."""
        for _ in range(10):
            if answer.status not in MOVED:
                return answer
            answer = self.send("GET", urljoin(answer.url, answer.location), referrer=answer.url)
        raise AssertionError(f"redirected in a circle at {answer.url}")

    def send(
        self, method: str, url: str, *, data: Mapping[str, str] | None = None, referrer: str = ""
    ) -> Answer:
        """Send one request. A kept-alive connection the server closed meanwhile is opened again, as browsers do."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Accept": "text/html",
            "Accept-Language": "zh-CN",
            "User-Agent": "visitor",
            "Host": parts.netloc,
        }
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if referrer:
            headers["Referer"] = referrer
        body = urlencode(data).encode() if data is not None else None
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.site}
        response, content = self._exchange(method, path, body, headers)
        self._keep_cookies(response)
        return Answer(url, response.status, content.decode(), response.headers.get("Location", ""))

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        for fresh in (self._line is None, True):
            line = self._open() if fresh or self._line is None else self._line
            try:
                line.request(method, path, body=body, headers=dict(headers))
                response = line.getresponse()
                return response, response.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if fresh:
                    raise
        raise AssertionError("not reached")

    def _open(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.site)
        line = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=self.timeout)
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line = line
        return line

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for text in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(text).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def close(self) -> None:
        """Close the connection; cookies stay."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _form(url: str, head: str, body: str) -> Form:
    told = _attributes(head)
    fields: dict[str, str] = {}
    names: set[str] = set()
    select = ""
    for control in _CONTROL.findall(body):
        given = _attributes(control)
        tag = control[1:].split(None, 1)[0].rstrip(">")
        name = select if tag == "option" else given.get("name", "")
        select = name if tag in {"select", "option"} else ""
        if not name:
            continue
        names.add(name)
        if (value := _sent(tag, given, control)) is not None:
            fields[name] = value
    action = urljoin(url, unescape(told.get("action", "")) or url)
    return Form(action, told.get("method", "get").lower(), fields, frozenset(names))


def _sent(tag: str, given: Mapping[str, str], control: str) -> str | None:
    """Return what an untouched control sends, or None: buttons, unticked boxes and unchosen options send nothing."""
    if "disabled" in given or tag in {"button", "select"}:
        return None
    if tag == "option":
        return given.get("value", "") if "selected" in given else None
    if tag == "textarea":
        return unescape(control.partition(">")[2]).removeprefix("\n")
    kind = given.get("type", "text")
    if kind in {"checkbox", "radio"}:
        return given.get("value", "on") if "checked" in given else None
    return None if kind in {"submit", "button", "file", "image"} else given.get("value", "")


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(quoted or bare) for name, quoted, bare in _ATTRIBUTE.findall(tag)}
