"""Proving who asks: tokens, signatures and certificates, against a server that really demands them."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from registers import asking, authenticating, defining
from registers.asking import NOT_ENCRYPTED, UNCONFIGURED, Question
from registers.models import Register, RegisterCall
from tests.registers.conftest import ALIVE

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "a key of this test alone"


class Authority:
    """Issues certificates for one test run."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.root = self.write(name, self._built(self.subject, self.key, is_authority=True), self.key)[0]

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return paths of a certificate for this machine and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self.write(f"{self.name}-{name}", self._built(subject, key), key)

    def _built(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if not is_authority:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
            made = made.add_extension(names, critical=False)
            made = made.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        return made.sign(self.key, hashes.SHA256())

    def write(
        self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
    ) -> tuple[Path, Path]:
        paths = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        paths[1].write_bytes(secret)
        return paths


@dataclass
class Gateway:
    """A province's gateway: takes no connection without a certificate of its authority, and checks each signature."""

    url: str
    authority: Authority
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    refused: int = 0


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "authority")


@pytest.fixture
def gateway(authority: Authority) -> Iterator[Gateway]:
    found = Gateway("", authority)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.seen.append((self.path, dict(self.headers), body))
            at = self.headers.get("X-Signature-Time", "")
            told = f"POST\n{self.path}\n{at}\n{hashlib.sha256(body).hexdigest()}".encode()
            good = hmac.new(KEY.encode(), told, hashlib.sha256).hexdigest()
            fresh = at.isdecimal() and abs(int(at) - time.time()) < 30
            known = fresh and hmac.compare_digest(good, self.headers.get("X-Signature", ""))
            answer = b'{"hit": false}' if known else b"{}"
            self.send_response(200 if known else 401)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            found.refused += 1

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("gateway"))
    context.load_verify_locations(authority.root)
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    found.url = f"https://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def known(gateway: Gateway, registers: object, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """A register behind the gateway, with everything it wants to see."""
    certificate, key = gateway.authority.issue("portal")
    for name, value in {
        "TEST_SIGNING": KEY,
        "TEST_CERTIFICATE": str(certificate),
        "TEST_KEY": str(key),
        "TEST_AUTHORITY": str(gateway.authority.root),
    }.items():
        monkeypatch.setenv(name, value)
    define(gateway)
    return gateway


def define(gateway: Gateway, **changes: Any) -> None:
    defining.save(
        {
            **ALIVE,
            "base_url": f"{gateway.url}/province",
            "timeout_ms": 2000,
            "breaker_failures": 0,
            "signing_key_name": "TEST_SIGNING",
            "client_certificate_name": "TEST_CERTIFICATE",
            "client_key_name": "TEST_KEY",
            "authority_name": "TEST_AUTHORITY",
            **changes,
        }
    )


def ask() -> asking.Answer:
    (answer,) = asking.ask_many([Question("test_alive", {"id_number": "1"}, "LH1", "M1", "p")])
    return answer


def test_a_signed_question_over_mutual_tls_is_answered(known: Gateway) -> None:
    for _ in range(3):  # over the kept connection too
        assert ask().outcome == RegisterCall.Outcome.NO_HIT
    path, headers, body = known.seen[0]
    assert path == "/province/test_alive"
    assert json.loads(body)["query"] == {"id_number": "1"}
    assert "Authorization" not in headers
    assert KEY not in json.dumps(headers)


def test_another_key_another_answer(known: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SIGNING", "another key")
    assert ask().error == "返回 401"


def test_without_our_certificate_nobody_talks_to_us(known: Gateway) -> None:
    define(known, client_certificate_name="", client_key_name="")
    assert ask().error in {"加密连接没有建立", "连接中断"}
    assert not known.seen


def test_a_certificate_of_somebody_else_is_not_taken(
    known: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = Authority(tmp_path, "stranger").issue("portal")
    monkeypatch.setenv("TEST_CERTIFICATE", str(certificate))
    monkeypatch.setenv("TEST_KEY", str(key))
    assert ask().error in {"加密连接没有建立", "连接中断"}
    assert not known.seen


def test_a_gateway_we_do_not_believe_is_told_nothing(
    known: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_AUTHORITY", str(Authority(tmp_path, "stranger").root))
    assert ask().error == "加密连接没有建立"
    define(known, client_certificate_name="", client_key_name="", authority_name="")
    assert ask().error == "加密连接没有建立"  # nor is it in the list of the system
    assert not known.seen


@pytest.mark.parametrize("name", ["TEST_SIGNING", "TEST_CERTIFICATE", "TEST_KEY", "TEST_AUTHORITY"])
def test_without_its_credentials_nothing_is_sent(
    known: Gateway, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    answer = ask()
    assert (answer.error, answer.answered, known.seen) == (UNCONFIGURED, False, [])
    call = RegisterCall.objects.get()
    assert (call.outcome, call.attempts, call.error) == ("failed", 0, UNCONFIGURED)
    assert list(authenticating.missing(Register.objects.get(name="test_alive"))) in (
        [name],
        ["TEST_CERTIFICATE"],
    )


def test_nothing_is_sent_in_clear_where_a_certificate_is_wanted(known: Gateway, settings: Any) -> None:
    settings.REGISTER_BASE_URL = known.url.replace("https", "http")
    define(known, base_url="")
    assert ask().error == NOT_ENCRYPTED


def test_a_renewed_certificate_is_used_without_a_restart(
    known: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = tmp_path / "portal.pem", tmp_path / "portal.key"
    for path, made in zip(paths, Authority(tmp_path, "stranger").issue("portal"), strict=True):
        path.write_bytes(made.read_bytes())
    monkeypatch.setenv("TEST_CERTIFICATE", str(paths[0]))
    monkeypatch.setenv("TEST_KEY", str(paths[1]))
    assert not ask().answered
    time.sleep(0.02)
    for path, made in zip(paths, known.authority.issue("renewed"), strict=True):
        path.write_bytes(made.read_bytes())
    assert ask().answered


def test_a_secret_may_stand_in_a_file(
    known: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TEST_SIGNING")
    file = tmp_path / "signing"
    file.write_text(f"{KEY}\n")
    monkeypatch.setenv("TEST_SIGNING_FILE", str(file))
    assert ask().answered
    file.unlink()
    assert ask().error == UNCONFIGURED


def test_the_signature_covers_each_part() -> None:
    def signed(
        method: str = "POST", path: str = "/a", at: str = "1", body: bytes = b"x", key: str = "k"
    ) -> str:
        return authenticating.signature(key, method=method, path=path, at=at, body=body)

    others = [signed("GET"), signed(path="/b"), signed(at="2"), signed(body=b"y"), signed(key="l")]
    assert len({signed(), *others}) == 6
