"""`python -m certificates.verify FILE`: checks a sealed paper or its signed data with nothing of the portal running.

It needs the file and the certificates of the authorities one trusts; no Django, no database, no network. It says what
the file proves by itself. Whether a certificate was ended since, only the public check page knows.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography import x509

from certificates.papers import opening
from certificates.papers.opening import Opened
from certificates.sealing import statement
from certificates.sealing.statement import WORDS, Fault
from common import clock

LARGEST = 10_000_000  # bytes
MEMORY, SECONDS = 1_500_000_000, 20  # for a file of a stranger
HAN = re.compile("[㐀-鿿\U00020000-\U0003ffff]")
SEALED_BY = {Fault.OTHER_BODY: "盖章的单位不是证照的颁发机构"}  # of a paper's own seal
# Never a default: what happens to lie in a folder is not what somebody trusts.
NOBODY = "没有指定信任哪一家认证机构，请用 --trust 给出它的证书（演示环境的在 var/seal-keys/authorities.pem）"
NOW_WHERE = "是否仍然有效，请扫文件上的二维码或到证照真伪验证页面查询。"


class State(StrEnum):
    """What a file proves."""

    GENUINE = "genuine"
    OUT_OF_TIME = "out_of_time"
    SEALED = "sealed"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


EXIT = {State.GENUINE: 0, State.REFUSED: 1, State.UNREADABLE: 2, State.OUT_OF_TIME: 3, State.SEALED: 4}
TITLES = {
    State.GENUINE: "真实：电子签章有效，内容没有改动",
    State.OUT_OF_TIME: "真实，但不在有效期内",
    State.SEALED: "签章有效，但不是证照：文件里没有证照的签名数据",
    State.REFUSED: "不可信",
    State.UNREADABLE: "没有核验",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer: `reasons` are Chinese sentences, `terms` what the organ signed, empty where nothing of ours is in."""

    state: State
    reasons: tuple[str, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    organ: str = ""
    signed_at: str = ""


def verify(content: bytes, *, trusted: Sequence[x509.Certificate], on: date) -> Verified:
    """Return what a PDF or a signed data file proves on a day; told apart by its first bytes."""
    if not trusted:
        return Verified(State.UNREADABLE, (NOBODY,))
    if not content or len(content) > LARGEST:
        return Verified(State.UNREADABLE, (f"文件是空的，或者超过 {LARGEST // 1_000_000} MB",))
    if content.lstrip()[:1] == b"{":
        return verify_data(content, trusted=trusted, on=on)
    return verify_pdf(content, trusted=trusted, on=on)


def verify_pdf(content: bytes, *, trusted: Sequence[x509.Certificate], on: date) -> Verified:
    """Check the seal's signature over the whole file, its chain, the attached data, and that the page shows them."""
    opened = opening.open_pdf(content)
    if opened.faults:
        return Verified(State.REFUSED, opened.faults)
    at = opened.signed_at
    assert at is not None
    assert opened.signer is not None
    organ, time = opening.organ(opened.signer), at.isoformat()
    if opened.attached is None:
        faults = _seal_faults(opened, issuer=None, trusted=trusted)
        return _without_data(faults, organ=organ, code=statement.body_of(opened.signer), signed_at=time)
    inside = _attached(opened, trusted=trusted)
    faults = _seal_faults(opened, issuer=str(inside.terms.get("issuer", "")), trusted=trusted)
    told = [SEALED_BY.get(fault, WORDS[fault]) for fault in faults]
    inside = replace(inside, organ=organ, signed_at=inside.signed_at or time)
    return _judged(inside, [*told, *inside.reasons], on=on)


def verify_data(content: bytes, *, trusted: Sequence[x509.Certificate], on: date) -> Verified:
    """Check a signed data file: byte for byte as we write it, digest, signature, and the seal that made it."""
    document = _document(content)
    if document is None:
        return Verified(State.REFUSED, ("文件不是签名数据：不是完整的 JSON，或者有的内容写了两遍",))
    faults = statement.check_data(document, trusted=trusted)
    if not statement.is_as_written(content, document):
        faults = (Fault.REWRITTEN, *faults)
    return _judged(_said(document), [WORDS[fault] for fault in faults], on=on)


def _seal_faults(
    opened: Opened, *, issuer: str | None, trusted: Sequence[x509.Certificate]
) -> tuple[Fault, ...]:
    signer, chain, at = opened.signer, opened.chain, opened.signed_at
    assert signer is not None
    assert at is not None
    if faults := statement.check_seal(signer, issuer=issuer, chain=chain, trusted=trusted, at=at):
        return faults
    return () if set(statement.line(signer, chain)) == set(chain) else (Fault.CHAIN,)


def _without_data(faults: Sequence[Fault], *, organ: str, code: str, signed_at: str) -> Verified:
    """A page alone proves who sealed it, not that it is a certificate: anybody with a seal can set any page."""
    if faults:
        return Verified(State.REFUSED, tuple(WORDS[fault] for fault in faults))
    says = f"盖章的是{organ}（统一社会信用代码 {code}），盖章以后没有改动。写的是否属实，请问盖章单位"
    return Verified(State.SEALED, (says,), organ=organ, signed_at=signed_at)


def _attached(opened: Opened, *, trusted: Sequence[x509.Certificate]) -> Verified:
    """Check the data a paper carries, and that the page shows the same."""
    document = _document(opened.attached or b"")
    if document is None:
        return Verified(State.REFUSED, ("附在文件里的签名数据读不出来",))
    said = _said(document)
    faults = [f"附在文件里的数据：{WORDS[fault]}" for fault in _data_faults(document, trusted=trusted)]
    faults += [f"页面上看不到签名数据里的{what}" for what in _not_shown(said.terms, opened.text)]
    return replace(said, reasons=tuple(faults))


def _data_faults(document: Mapping[str, Any], *, trusted: Sequence[x509.Certificate]) -> Sequence[Fault]:
    """A certificate from an older store was not signed when it was issued: then its paper's seal speaks for it.

    How the data are written is not asked: the paper's seal covers every byte, and papers kept since long are valid.
    """
    if document.get("signature") == "":
        return statement.check_unsigned(document)
    return statement.check_data(document, trusted=trusted)


def _not_shown(terms: Mapping[str, Any], text: str) -> Iterable[str]:
    """Name what the page should show and does not: identifier, number, days, and every value in Chinese words."""
    named, shown = opening.plain(str(terms.get("identifier"))), opening.plain(text)
    if named not in shown:
        return ["标识"]
    shown = shown.replace(named, "", 1)  # a number may be part of it
    until = terms.get("valid_until")
    wanted = {
        "编号": terms.get("number"),
        "颁发日期": _day(terms.get("issued_on")),
    }
    wanted["有效期"] = _day(until) if until else "长期"
    fields = terms.get("fields")
    for value in fields.values() if isinstance(fields, dict) else ():
        if isinstance(value, str) and HAN.search(value):
            wanted[f"“{value}”"] = value
    return [what for what, value in wanted.items() if opening.plain(str(value)) not in shown]


def _day(text: object) -> str:
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        return str(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _judged(said: Verified, faults: Sequence[str], *, on: date) -> Verified:
    if faults:
        return Verified(State.REFUSED, tuple(faults), digest=said.digest)
    begins, ends = said.terms.get("valid_from"), said.terms.get("valid_until")
    if begins and str(begins) > on.isoformat():
        return replace(said, state=State.OUT_OF_TIME, reasons=(f"从{_day(begins)}起才有效",))
    if ends and str(ends) < on.isoformat():
        return replace(said, state=State.OUT_OF_TIME, reasons=(f"有效期到{_day(ends)}，已过",))
    return replace(said, state=State.GENUINE, reasons=())


def _document(content: bytes) -> dict[str, Any] | None:
    try:
        return statement.read(content)
    except ValueError:
        return None


def _said(document: Mapping[str, Any]) -> Verified:
    terms = document.get("terms")
    try:
        leaf = x509.load_pem_x509_certificate(str(document.get("certificate")).encode())
        organ = opening.organ(leaf)
    except ValueError:
        organ = ""
    return Verified(
        State.GENUINE,
        terms=terms if isinstance(terms, dict) else {},
        digest=str(document.get("digest", "")),
        organ=organ,
        signed_at=str(document.get("signed_at") or ""),
    )


def trusted_in(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a PEM file, or of every *.pem in a folder. Raises OSError, ValueError."""
    files = sorted(path.glob("*.pem")) if path.is_dir() else [path]
    return [one for file in files for one in statement.certificates_in(file.read_text(encoding="ascii"))]


def main(arguments: list[str] | None = None) -> int:
    """Print the answer; exit 0 genuine, 1 refused, 2 not checked, 3 outside its days, 4 sealed but no certificate."""
    parser = argparse.ArgumentParser(prog="certificates.verify", description=__doc__)
    parser.add_argument("file", help="PDF or JSON; - reads standard input")
    parser.add_argument(
        "--trust", type=Path, help="PEM file, or folder of *.pem, of the authorities you trust"
    )
    parser.add_argument(
        "--on", type=date.fromisoformat, help="the day to check for (YYYY-MM-DD); today if none"
    )
    parser.add_argument("--json", action="store_true", help="answer as one line of JSON")
    parser.add_argument("--bounded", action="store_true", help="with little memory, time and no files")
    options = parser.parse_args(arguments)
    if options.bounded:
        _bound()
    try:
        trusted = trusted_in(options.trust) if options.trust else []
        content = (
            sys.stdin.buffer.read(LARGEST + 1) if options.file == "-" else Path(options.file).read_bytes()
        )
        answer = verify(content, trusted=trusted, on=options.on or clock.today())
    except (OSError, ValueError) as error:
        answer = Verified(State.UNREADABLE, (f"读不出文件或证书：{error}",))
    sys.stdout.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n" if options.json else _told(answer))
    return EXIT[answer.state]


def _local(moment: str) -> str:
    """Return a moment as the paper shows it; what is read in JSON stays as it was signed."""
    return f"{datetime.fromisoformat(moment).astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}（北京时间）"


def _told(answer: Verified) -> str:
    lines = [TITLES[answer.state], *(f"· {reason}" for reason in answer.reasons)]
    if answer.state in {State.GENUINE, State.OUT_OF_TIME, State.SEALED}:
        lines += [f"盖章单位：{answer.organ}", f"签章时间：{_local(answer.signed_at)}"]
        if answer.terms:
            lines += [
                f"标识：{answer.terms.get('identifier')}",
                f"编号：{answer.terms.get('number')}",
                NOW_WHERE,
            ]
    return "\n".join(lines) + "\n"


def _bound() -> None:
    """Hold memory, processor time, files and the core dump, as for every file of a stranger."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.exit(main())
