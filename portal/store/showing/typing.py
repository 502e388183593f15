"""Certificate types as the store's pages show them."""

from __future__ import annotations

from certificates.models import CertificateType


def type_rows() -> list[CertificateType]:
    """Return every type by name."""
    return list(CertificateType.objects.order_by("name"))
