"""A chunk of records made ready for the store: validated, holders found or entered, sealed, as lines of COPY.

Several processes prepare at once, and one writes. What a chunk was held against may have changed when it is written:
then a constraint of the table refuses it, and it is prepared again (see importing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts import entering
from accounts.entering import Known
from accounts.registering import NewPerson
from certificates.issuance import numbering
from certificates.models import Certificate
from certificates.states import IN_HAND, CertificateStatus
from certificates.stocking import copying
from certificates.stocking.copying import Entry
from certificates.stocking.course import sharing
from certificates.stocking.files import comparing, rows, standing
from certificates.stocking.files.reading import Record
from certificates.stocking.files.rows import Layout, Rejected, Row
from certificates.stocking.files.standing import Held, Stored
from certificates.stocking.files.succession import Succession, Version
from common import clock
from common.identifiers import make_certificate_identifier, mask_name
from common.statements import bulk

HELD = "名下已有有效的这类证照，不能再入库一张有效的"
REPLACED = "已有新证"
SAMPLE = 10  # rows of a chunk
_SERIAL = re.compile(r"[0-9A-Z]{1,40}")


@dataclass(frozen=True, slots=True)
class Job:
    """What every chunk of one import shares. `dry`: nobody is entered, and what was seen before is remembered."""

    layout: Layout
    batch: str
    actor: str
    at: datetime
    is_demo: bool
    dry: bool = False
    brief: bool = False  # what was seen is forgotten with each chunk: of a dry run of any size


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not taken."""

    line: int
    reason: str
    content: bytes


@dataclass(slots=True)
class Prepared:
    """A chunk ready to be written.

    `superseded`: what gives way to it, by key; `replaced`: how many of them did not come in by this same import.
    `numbers`, `holders`: of its sound rows; of an exclusive type, whose rows would be in hand.
    """

    copy: str = ""
    accepted: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    replaced: int = 0
    others: str = ""  # how far other imports of the type had come when it was held against the store
    numbers: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    sample: list[list[str]] = field(default_factory=list)  # of a dry run, to be looked at


class Preparer:
    """Prepares the chunks of one import."""

    def __init__(self, job: Job) -> None:
        """Take what all chunks share."""
        self._job, self._layout = job, job.layout
        self._numbers: dict[tuple[str, int], Stored] = {}
        self._identifiers: dict[str, Stored] = {}
        self._held: dict[str, Held] = {}
        self._succession = Succession(job.layout.today)
        self._entries: dict[str, Entry] = {}
        self._ghosts: dict[Any, Known] = {}
        self._ids = bulk.ids(job.at)

    @property
    def encoding(self) -> str:
        """Return how the file is written."""
        return self._layout.encoding

    def __call__(self, records: Sequence[Record], *, careful: bool = False) -> Prepared:
        """Return the chunk, ready. `careful` also asks the store for identifiers that are about to be made."""
        self._ids = bulk.ids(clock.now())
        made = Prepared()
        if not self._job.dry:
            made.others = sharing.others(
                self._layout.kind, batch=self._job.batch
            )  # before anything is looked up
        refused = made.refused
        found = list(self._sound(records, refused))
        holders = self._holders(found)
        if self._job.brief or not self._job.dry:
            self._ghosts = {}
            self._numbers, self._identifiers, self._held, self._entries = {}, {}, {}, {}
            self._succession.forget()
        self._look_up(found, holders, careful=careful or self._job.dry)
        entries: list[Entry] = []
        for row in found:
            try:
                entry = self._decide(row, holders[row.key], made)
            except Rejected as error:
                refused.append(Refusal(row.record.line, str(error), row.record.content))
                continue
            if entry is not None:
                entries.append(entry)
        made.numbers = frozenset(row.number for row in found)
        if self._layout.kind.exclusive:
            made.holders = frozenset(holders[row.key].id for row in found if row.status in IN_HAND)
        return self._finished(made, entries)

    def _sound(self, records: Iterable[Record], refused: list[Refusal]) -> Iterator[Row]:
        for record in records:
            try:
                yield rows.read(record, layout=self._layout)
            except Rejected as error:
                refused.append(Refusal(record.line, str(error), record.content))

    # --- holders
    def _holders(self, found: Sequence[Row]) -> dict[Any, Known]:
        """Return who they are by keyed hash or credit code, entering those nobody knows yet."""
        people = {row.key: row for row in reversed(found) if isinstance(row.key, bytes)}
        bodies = {row.key: row for row in reversed(found) if isinstance(row.key, str)}
        known: dict[Any, Known] = {
            **entering.known_people(people),
            **entering.known_organisations(bodies),
        }
        new_people = [row for key, row in people.items() if key not in known]
        new_bodies = [row for key, row in bodies.items() if key not in known]
        if self._job.dry:
            ghosts = self._ghosts
            return known | {
                row.key: ghosts.setdefault(row.key, Known(next(self._ids), row.name))
                for row in (*new_people, *new_bodies)
            }
        return known | self._entered(new_people, new_bodies)

    def _entered(self, people: Sequence[Row], bodies: Sequence[Row]) -> dict[Any, Known]:
        stream, actor, demo = f"import:{self._job.batch}", self._job.actor, self._job.is_demo
        found: dict[Any, Known] = {}
        if people:
            new = [NewPerson(row.name, row.holder, is_demo=demo) for row in people]
            found.update(entering.people(new, stream=stream, actor=actor))
        if bodies:
            pairs = [(row.holder, row.name) for row in bodies]
            found.update(entering.organisations(pairs, stream=stream, actor=actor, is_demo=demo))
        return found

    # --- what stands in the store
    def _look_up(self, found: Sequence[Row], holders: dict[Any, Known], *, careful: bool) -> None:
        kind = self._layout.kind
        self._remember(standing.numbered(kind.pk, {row.number for row in found}))
        named = {row.identifier for row in found if row.identifier}
        if careful:
            named |= {made for row in found if (made := self._made(row)) is not None}
        if named:
            self._remember(standing.named(named))
        if kind.exclusive:
            self._remember_held({holders[row.key].id for row in found if row.is_person}, "person")
            self._remember_held({holders[row.key].id for row in found if not row.is_person}, "organisation")

    def _remember(self, known: Iterable[tuple[Stored, Version, str]]) -> None:
        for stored, version, issuer in known:
            self._identifiers.setdefault(stored.identifier, stored)
            new = self._numbers.setdefault((stored.number, stored.version), stored) is stored
            if new and issuer == self._layout.issuer_code:
                self._succession.remember(stored.number, version)

    def _remember_held(self, holders: set[str], whose: str) -> None:
        if not holders:
            return
        for holder, held in standing.in_hand(self._layout.kind.pk, holders, whose=whose):
            before = self._held.get(holder)
            if before is None or (not before.ours and held.runs(self._layout.today)):
                self._held[holder] = held

    def _part_followed(self, entries: Sequence[Entry]) -> None:
        """Nothing follows what something follows: a certificate of another number may have taken its place."""
        following = {entry.previous: entry for entry in entries if entry.previous}
        asked = [pk for pk in following if pk not in self._entries]
        for pk in standing.followed(asked) if asked else ():
            following[pk].previous = None

    # --- one row
    def _decide(self, row: Row, holder: Known, made: Prepared) -> Entry | None:
        """Return the entry of a row, or None for one that is there already. Raises Rejected."""
        if not rows.same_name(row.name, holder.name):
            raise Rejected("“持证主体名称”与库里登记的名称不同，请核对号码和名称")
        stored = self._numbers.get((row.number, row.version))
        if stored is None and row.identifier:
            stored = self._identifiers.get(row.identifier)
        if stored is not None:
            self._require_same(row, stored, holder=holder.id)
            made.known += 1
            return None
        gives_way = self._succession.require(row, holder=holder.id)
        entry = self._entry(row, holder.id)
        if self._layout.kind.exclusive:
            self._take_hand(entry, made, gives_way)
        if row.version > 1:
            self._follow(entry, gives_way, made)
        known = Stored(entry.pk, row.number, row.version, entry.identifier, entry.digest, self._schema, row)
        self._numbers[row.number, row.version] = self._identifiers[entry.identifier] = known
        self._entries[entry.pk] = entry
        self._succession.remember(
            row.number, Version(entry.pk, row.version, entry.status, holder.id, row.valid_until)
        )
        return entry

    def _require_same(self, row: Row, stored: Stored, *, holder: str) -> None:
        if row.number != stored.number or row.version != stored.version:
            raise Rejected("“电子证照标识”已用于另一张证照")
        digest = rows.digest(
            row,
            pk=stored.pk,
            holder=holder,
            identifier=row.identifier or stored.identifier,
            issuer=self._layout.issuer_code,
            schema=stored.schema,
        )
        if digest == stored.digest:
            return
        if stored.row is not None:
            raise Rejected(f"文件第 {stored.row.record.line} 行已有同一编号和版本的证照，内容不同")
        certificate = Certificate.objects.get(pk=stored.pk)
        if certificate.issuer_code != self._layout.issuer_code:
            raise Rejected("库里已有同一编号和版本的证照，是另一个颁发机构发的")
        differing = comparing.terms(row, certificate, holder=holder)
        differing += comparing.fields(row, certificate, specs=self._layout.specs)
        if differing:
            raise Rejected(f"库里已有同一编号和版本的证照，内容不同：{'、'.join(differing)[:120]}")

    @property
    def _schema(self) -> int:
        return self._layout.kind.current_schema

    def _made(self, row: Row) -> str | None:
        if not _SERIAL.fullmatch(row.number):
            return None
        return self._identifier(row.number, row.version)

    def _identifier(self, serial: str, version: int) -> str:
        layout = self._layout
        return make_certificate_identifier(
            layout.kind.code, issuer=layout.issuer_code, serial=serial, version=version
        )

    def _entry(self, row: Row, holder: str) -> Entry:
        pk = next(self._ids)
        identifier = row.identifier or self._made(row)
        if identifier is None or (not row.identifier and identifier in self._identifiers):
            identifier = self._identifier(numbering.random_text(20), row.version)
        digest = rows.digest(
            row,
            pk=pk,
            holder=holder,
            identifier=identifier,
            issuer=self._layout.issuer_code,
            schema=self._schema,
        )
        return Entry(row, pk, holder, identifier, digest, row.status, row.reason, row.changed_at)

    def _follow(self, entry: Entry, gives_way: Version | None, made: Prepared) -> None:
        """Put a newer version behind the one before it, and in the place of the one in force."""
        if gives_way is not None:
            self._replace(gives_way.pk, made)
            entry.replaces = gives_way.version
        before = self._succession.before(entry.row, holder=entry.holder)
        if before is not None:
            entry.previous, before.followed = before.pk, True

    def _replace(self, pk: str, made: Prepared) -> None:
        """Let a certificate of the store, or an entry of this chunk, give way to the newer one."""
        self._succession.give_way(pk)
        entry = self._entries.get(pk)
        if entry is None:
            made.superseded.append(pk)
        else:
            entry.status, entry.reason, entry.changed_at = (
                CertificateStatus.SUPERSEDED,
                REPLACED,
                self._job.at,
            )

    def _take_hand(self, entry: Entry, made: Prepared, gives_way: Version | None) -> None:
        """Keep to one valid certificate a holder. An expired one never stands in the way, on either side."""
        if entry.status not in IN_HAND:
            return
        today, row = self._layout.today, entry.row
        new = Held(entry.status, row.valid_until, entry.pk, ours=True)
        held = self._held.get(entry.holder)
        if held is None or (gives_way is not None and held.pk == gives_way.pk):
            self._held[entry.holder] = new
        elif row.expired(today):
            if entry.status is CertificateStatus.VALID:
                self._entries[entry.pk] = entry
                self._replace(entry.pk, made)
        elif held.runs(today):
            raise Rejected(HELD)
        else:
            if held.status == CertificateStatus.VALID:
                self._replace(held.pk, made)
            self._held[entry.holder] = new

    def _finished(self, made: Prepared, entries: Sequence[Entry]) -> Prepared:
        job = self._job
        made.refused.sort(key=lambda one: one.line)
        made.accepted = len(entries)
        if job.dry:
            made.replaced = len(made.superseded)
            made.sample = [_masked(entry) for entry in entries[:SAMPLE]]
            return made
        self._part_followed(entries)
        made.copy = "".join(
            copying.lines(entries, layout=job.layout, batch=job.batch, at=job.at, is_demo=job.is_demo)
        )
        return made


def _masked(entry: Entry) -> list[str]:
    row = entry.row
    name = mask_name(row.name) if row.is_person else row.name
    days = f"{row.valid_from} 至 {row.valid_until or '长期'}"
    status = str(entry.status.label) + (f"（替代第 {entry.replaces} 版）" if entry.replaces else "")
    return [row.number, str(row.version), name, row.issued_on, days, status]
