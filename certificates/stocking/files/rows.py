"""One record of a file, held against everything that must be true of it before it is looked for in the store. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from certificates import schemas
from certificates.errors import InvalidFields
from certificates.issuance import terms
from certificates.models import CertificateType
from certificates.states import ENDED, CertificateStatus
from certificates.stocking.files import columns, fitting
from certificates.stocking.files.columns import FIELD, BadCell, Reader
from certificates.stocking.files.reading import Form, Record
from common import clock
from common.identifiers import InvalidIdentifier, certificate_identifier, credit_code, resident_number
from records.hashing import HashKind, keyed, normalised
from rules.language.vocabulary import FactSpec

log = logging.getLogger(__name__)
UNREAD = "这一行的写法读不懂，请对照导入说明改好再导入"
EARLIEST, LATEST = "1900-01-01", "2999-12-31"
LENGTHS = {"number": 60, "holder_name": 60, "status_reason": 200, "status_document": 60}
_ORDINARY = re.compile(
    r"[0-9A-Za-z\u4e00-\u9fff.()（）-]{1,60}"
)  # nothing in it, nor its length, is ever at fault
# Asking an enumeration for a member takes its time.
_JSON_LINES, _VALID, _HASH, _SALT = (
    Form.JSON_LINES,
    CertificateStatus.VALID,
    HashKind.RESIDENT_ID,
    HashKind.CERTIFICATE_SALT,
)
_OF_STATUS = frozenset({"status", "status_reason", "status_at"})
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Rejected(Exception):
    """A record that is not taken; the message says why in Chinese, without a value of anybody."""


@dataclass(frozen=True)
class Layout:
    """What every record of one file shares: its type, who issued them, how it is written."""

    kind: CertificateType
    specs: Mapping[str, FactSpec]
    issuer_code: str
    issuer_name: str
    form: Form
    encoding: str
    columns: tuple[str, ...]
    delimiter: str
    today: date

    @cached_property
    def known(self) -> frozenset[str]:
        """Return every column a record may have."""
        return frozenset(columns.COLUMNS) | {FIELD + name for name in self.specs}

    @cached_property
    def terms(self) -> list[tuple[int, str]]:
        """Return the columns of a CSV that are terms: place and name."""
        return [(place, name) for place, name in enumerate(self.columns) if name in columns.COLUMNS]

    @cached_property
    def fields(self) -> list[tuple[int, str, Reader | None]]:
        """Return the columns of a CSV that are fields: place, name of the field, and what reads a cell."""
        return [
            (place, name.removeprefix(FIELD), columns.reader(self.specs[name.removeprefix(FIELD)]))
            for place, name in enumerate(self.columns)
            if name not in columns.COLUMNS
        ]

    @cached_property
    def looks(self) -> Mapping[str, fitting.Look]:
        """Return for each field the quick look at its value."""
        return {name: fitting.look(spec) for name, spec in self.specs.items()}

    @cached_property
    def day(self) -> str:
        """Return today as ISO 8601 says it."""
        return self.today.isoformat()


@dataclass(slots=True)
class Row:
    """A record that is sound by itself. Days are ISO 8601; `fields` is canonical JSON."""

    record: Record
    holder: str
    is_person: bool
    key: bytes | str  # the holder's keyed hash or credit code
    name: str
    number: str
    identifier: str | None
    version: int
    issued_on: str
    valid_from: str
    valid_until: str | None
    status: CertificateStatus
    reason: str
    changed_at: datetime | None
    fields: str
    document: str = ""  # number of the decision that ended it

    def expired(self, on: date) -> bool:
        """Return whether its last day lies behind."""
        return self.valid_until is not None and self.valid_until < on.isoformat()


def read(record: Record, *, layout: Layout) -> Row:
    """Return the row of a record. Raises Rejected."""
    if record.fault:
        raise Rejected(record.fault)
    try:
        values, fields = _values(record, layout)
        return _row(record, values, _fields(fields, layout), layout)
    except (BadCell, InvalidIdentifier) as error:
        raise Rejected(str(error).rstrip("。")) from error
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        log.error("line %s could not be read: %s", record.line, type(error).__name__)  # no value of anybody
        raise Rejected(UNREAD) from error


def _values(record: Record, layout: Layout) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the terms and the fields that are filled in."""
    try:
        text = record.content.decode(layout.encoding)
    except UnicodeDecodeError as error:
        raise Rejected("文字编码与文件的其他部分不同，读不出来") from error
    if layout.form is _JSON_LINES:
        return columns.parted(_object(text), known=layout.known)
    cells = columns.cells(text.rstrip("\r"), delimiter=layout.delimiter)
    if len(cells) != len(layout.columns):
        raise Rejected(f"这一行有 {len(cells)} 列，应有 {len(layout.columns)} 列")
    given = {name: cell for place, name in layout.terms if (cell := cells[place]) and not cell.isspace()}
    fields: dict[str, Any] = {}
    for place, name, reader in layout.fields:
        if (cell := cells[place]) and not cell.isspace():
            try:
                fields[name] = cell if reader is None else reader(cell.strip())
            except BadCell as error:
                raise Rejected(f"“{layout.specs[name].label}”{error}") from error
    return given, fields


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Rejected("这一行不是完整的 JSON") from error
    if not isinstance(found, dict):
        raise Rejected("这一行不是 JSON 的对象")
    return found


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _row(record: Record, values: dict[str, Any], fields: str, layout: Layout) -> Row:
    is_person, holder = _holder(_text(values, "holder", needed=True), layout)
    number = _text(values, "number", needed=True)
    identifier, version = _identified(values, layout)
    issued_on = _day(values, "issued_on", needed=True)
    valid_from = (_day(values, "valid_from") if "valid_from" in values else "") or issued_on
    valid_until = _last_day(issued_on, valid_from, _until(values), layout)
    status, reason, changed_at = _status(values, layout)
    document = _text(values, "status_document")
    _check_number(number)
    return Row(
        record=record,
        holder=holder,
        is_person=is_person,
        key=keyed(_HASH, holder) if is_person else holder,
        name=_text(values, "holder_name", needed=True),
        number=number,
        identifier=identifier,
        version=version,
        issued_on=issued_on,
        valid_from=valid_from,
        valid_until=valid_until,
        status=status,
        reason=reason,
        changed_at=changed_at,
        fields=fields,
        document=document if status in ENDED else "",
    )


def _text(values: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    value = values.get(name)
    if isinstance(value, str) and _ORDINARY.fullmatch(value):
        return value
    if value is None or value == "":
        if needed:
            raise Rejected(f"没有填写“{columns.COLUMNS[name]}”")
        return ""
    label = columns.COLUMNS[name]
    if not isinstance(value, str):
        raise Rejected(f"“{label}”应为文字")
    value = value.strip()
    if needed and not value:
        raise Rejected(f"没有填写“{label}”")
    if len(value) > LENGTHS.get(name, 120):
        raise Rejected(f"“{label}”超过 {LENGTHS.get(name, 120)} 个字")
    if _BREAKS.search(value) or not _writable(value):
        raise Rejected(f"“{label}”里有不能保存的字符")
    return value


def _writable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return False
    return True


def _holder(text: str, layout: Layout) -> tuple[bool, str]:
    match layout.kind.holder_kind:
        case "person":
            return True, resident_number(text, on=layout.today)
        case "organisation":
            return False, credit_code(text)
    try:
        number = resident_number(text, on=layout.today)
    except InvalidIdentifier:
        return False, credit_code(text)
    try:
        credit_code(text)
    except InvalidIdentifier:
        return True, number
    raise Rejected("“持证主体代码”既像公民身份号码又像统一社会信用代码，请在网页上单独核对这一张")


def _check_number(number: str) -> None:
    if len(number) >= 18:  # a resident ID in any spelling has that many
        try:
            schemas.check_number(number)
        except InvalidFields as error:
            raise Rejected(error.fields["number"]) from error


def _identified(values: Mapping[str, Any], layout: Layout) -> tuple[str | None, int]:
    if "identifier" not in values and "version" not in values:
        return None, 1
    version = _version(values.get("version"))
    text = _text(values, "identifier")
    if not text:
        return None, version or 1
    found = certificate_identifier(text)
    if found.type_code != layout.kind.code:
        raise Rejected("“电子证照标识”里的类型代码不是这类证照的")
    if found.issuer != layout.issuer_code:
        raise Rejected("“电子证照标识”里的颁发机构不是这次导入的颁发机构")
    if version is not None and version != found.version:
        raise Rejected("“版本”与“电子证照标识”里的版本不同")
    return found.text, found.version


def _version(value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"0{0,2}[1-9][0-9]{0,2}", text):
        raise Rejected("“版本”应为 1 到 999 的整数")
    return int(text)


def _day(values: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    text = _text(values, name, needed=needed)
    if not text:
        return ""
    try:
        found = columns.day(text)
    except BadCell as error:
        raise Rejected(f"“{columns.COLUMNS[name]}”不对：{error}") from error
    if not EARLIEST <= found <= LATEST:
        raise Rejected(f"“{columns.COLUMNS[name]}”的年份不合理")
    return found


def _until(values: Mapping[str, Any]) -> str | None:
    if "valid_until" not in values:
        return None
    text = _text(values, "valid_until")
    return None if text in columns.ENDLESS else _day(values, "valid_until") or None


def _last_day(issued_on: str, valid_from: str, valid_until: str | None, layout: Layout) -> str | None:
    if issued_on > layout.day:
        raise Rejected("“颁发日期”晚于今天")
    if valid_until is not None and valid_until < valid_from:
        raise Rejected("“有效期截止日期”早于“有效期起始日期”")
    return _kept_to_rule(valid_from, valid_until, layout)


def _kept_to_rule(valid_from: str, valid_until: str | None, layout: Layout) -> str | None:
    """Return the last valid day as the type has it."""
    if layout.kind.validity.get("rule", "given") == "given":
        return valid_until
    asked = date.fromisoformat(valid_until) if valid_until else None
    try:
        last = terms.last_day(layout.kind, valid_from=date.fromisoformat(valid_from), asked=asked)
    except InvalidFields as error:
        raise Rejected("；".join(error.fields.values())) from error
    return last.isoformat() if last else None


def _status(values: Mapping[str, Any], layout: Layout) -> tuple[CertificateStatus, str, datetime | None]:
    if values.keys().isdisjoint(_OF_STATUS):
        return _VALID, "", None
    word = _text(values, "status") or CertificateStatus.VALID.value
    status = columns.STATUSES.get(word)
    if status is None:
        raise Rejected("“证照状态”不是库里有的状态")
    reason, on = _text(values, "status_reason"), _day(values, "status_at")
    if status in ENDED and not (reason and on):
        raise Rejected(f"“{status.label}”的证照要写明“状态原因”和“状态日期”")
    if on > layout.day:
        raise Rejected("“状态日期”晚于今天")
    if status is CertificateStatus.VALID:
        return status, "", None
    at = datetime.combine(date.fromisoformat(on), time(), tzinfo=clock.SHANGHAI) if on else None
    return status, reason, at


def _fields(given: dict[str, Any], layout: Layout) -> str:
    """Return the fields as canonical JSON. Raises BadCell."""
    fitting.require(given, specs=layout.specs, looks=layout.looks)
    text = _canonical(given)
    if not _writable(text):
        raise Rejected("字段里有不能保存的字符")
    return text


def digest(row: Row, *, pk: UUID | str, holder: str, identifier: str, issuer: str, schema: int) -> str:
    """Return what `certificates.digesting.digest` says of the certificate a row becomes, many times faster."""
    until = f'"{row.valid_until}"' if row.valid_until else "null"
    number = f'"{row.number}"' if row.number.isalnum() else _canonical(row.number)
    canonical = (
        f'{{"fields":{row.fields},"holder":"{holder}","identifier":"{identifier}","issued_on":"{row.issued_on}",'
        f'"issuer":"{issuer}","number":{number},"schema":{schema},'
        f'"valid_from":"{row.valid_from}","valid_until":{until}}}'
    )
    salt = keyed(_SALT, str(pk))
    return hashlib.sha256(salt + canonical.encode()).hexdigest()


def same_name(given: str, known: str) -> bool:
    """Return whether two spellings are one name."""
    return given == known or hmac.compare_digest(
        normalised(HashKind.NAME, given).encode(), normalised(HashKind.NAME, known).encode()
    )
