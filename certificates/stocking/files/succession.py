"""Which row may stand beside what an issuer has of its number: no file undoes an ending, only the newest is valid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from certificates.states import ENDED, IN_HAND, CertificateStatus
from certificates.stocking.files.rows import Rejected, Row


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a certificate that stands, in the store or in the file before the row."""

    version: int
    status: str
    until: str | None = None


@dataclass(slots=True)
class Succession:
    """What is known of the numbers of a chunk: their versions by this issuer."""

    exclusive: bool
    today: date
    _known: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))

    def remember(self, number: str, version: Version) -> None:
        """Keep that a version stands."""
        self._known[number].append(version)

    def forget(self) -> None:
        """Begin with another chunk."""
        self._known.clear()

    def require(self, row: Row) -> None:
        """Refuse a new row that may not stand beside what is known of its number. Raises Rejected."""
        if row.status in ENDED and not row.document:
            raise Rejected(f"“{row.status.label}”的证照要写明“决定文号”")
        if row.fields == "{}":
            raise Rejected("没有填写任何证照内容，空的证照不能入库")
        for other in self._known.get(row.number, ()):
            self._require_beside(row, other)

    def _require_beside(self, row: Row, other: Version) -> None:
        if row.status in IN_HAND and other.status in ENDED:
            label = CertificateStatus(other.status).label
            raise Rejected(f"这个编号的证照已经{label}，不能再作为有效的证照入库")
        if other.version > row.version and row.status is not CertificateStatus.SUPERSEDED:
            raise Rejected(f"这个编号已有第 {other.version} 版，较早的版本只能以“被替代”入库")
        if other.version < row.version and other.status in IN_HAND and not self._gives_way(other):
            raise Rejected(f"这个编号的第 {other.version} 版没有被替代，不能再入库更新的版本")

    def _gives_way(self, other: Version) -> bool:
        """Return whether the importer supersedes it: an expired one of a type that allows one a holder."""
        run_out = other.until is not None and other.until < self.today.isoformat()
        return self.exclusive and other.status == CertificateStatus.VALID and run_out
