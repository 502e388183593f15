"""Which row may stand beside what an issuer has of its number: no file undoes an ending, only the newest is valid.

A row is held against what stood before it, in the store or in the file, as if each row came by itself: a newer version
in hand takes the place of the one in force, as issuing does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from certificates.states import ENDED, IN_HAND, CertificateStatus
from certificates.stocking.files.rows import Rejected, Row

_VALID, _SUPERSEDED = CertificateStatus.VALID, CertificateStatus.SUPERSEDED


@dataclass(slots=True)
class Version:
    """One version of a certificate that stands, in the store or in the file before the row."""

    pk: str
    version: int
    status: str
    holder: str
    until: str | None = None
    followed: bool = False


@dataclass(slots=True)
class Succession:
    """What is known of the numbers of a chunk: their versions by this issuer."""

    today: date
    _known: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))
    _by_key: dict[str, Version] = field(default_factory=dict)

    def remember(self, number: str, version: Version) -> None:
        """Keep that a version stands."""
        self._known[number].append(version)
        self._by_key[version.pk] = version

    def forget(self) -> None:
        """Begin with another chunk."""
        self._known.clear()
        self._by_key.clear()

    def give_way(self, pk: str) -> None:
        """Keep that a certificate, of one of these numbers or not, is superseded."""
        if pk in self._by_key:
            self._by_key[pk].status = _SUPERSEDED

    def require(self, row: Row, *, holder: str) -> Version | None:
        """Return the version in force whose place a new row takes. Raises Rejected where it may not stand at all."""
        if row.status in ENDED and not row.document:
            raise Rejected(f"“{row.status.label}”的证照要写明“决定文号”")
        if row.fields == "{}":
            raise Rejected("没有填写任何证照内容，空的证照不能入库")
        gives_way = None
        for other in self._known.get(row.number, ()):
            self._require_beside(row, other, holder)
            if other.version < row.version and other.status == _VALID and row.status in IN_HAND:
                gives_way = other  # one at most: the store holds no two, nor does this
        return gives_way

    def before(self, row: Row, *, holder: str) -> Version | None:
        """Return the newest older version of the same holder, which a new row follows unless another does.

        Nothing follows what is in hand, though it has run out: issuing will put the next one behind it.
        """
        older = [
            other
            for other in self._known.get(row.number, ())
            if other.version < row.version and other.holder == holder
        ]
        newest = max(older, key=lambda other: other.version, default=None)
        return None if newest is None or newest.followed or newest.status in IN_HAND else newest

    def _require_beside(self, row: Row, other: Version, holder: str) -> None:
        if row.status in IN_HAND and other.status in ENDED:
            label = CertificateStatus(other.status).label
            raise Rejected(f"这个编号的证照已经{label}，不能再作为有效的证照入库")
        if other.version > row.version and row.status is not _SUPERSEDED:
            raise Rejected(f"这个编号已有第 {other.version} 版，较早的版本只能以“被替代”入库")
        if other.version < row.version and other.status in IN_HAND:
            self._require_giving_way(row, other, holder)

    def _require_giving_way(self, row: Row, other: Version, holder: str) -> None:
        """Refuse what may not come behind a version its holder has in hand. What has run out is in nobody's way."""
        if other.holder != holder:
            raise Rejected(f"这个编号的第 {other.version} 版在另一个持证主体名下，不能由这一版替代")
        if other.status != _VALID:
            raise Rejected(f"这个编号的第 {other.version} 版暂停使用，先恢复或者结束它，再导入更新的版本")
        run_out = other.until is not None and other.until < self.today.isoformat()
        if row.status not in IN_HAND and not run_out:
            raise Rejected(f"这个编号的第 {other.version} 版还有效，“{row.status.label}”的新版不能替代它")
