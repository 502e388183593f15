"""Identifiers of people, bodies, matters and certificates: the arithmetic of the standards, messages in Chinese."""

from common.identifiers.base import InvalidIdentifier, Kind, tidy
from common.identifiers.bodies import credit_code, make_credit_code
from common.identifiers.codes import (
    CertificateIdentifier,
    MatterCode,
    certificate_identifier,
    make_certificate_identifier,
    matter_code,
    type_code,
)
from common.identifiers.people import (
    ResidentId,
    Sex,
    holds_number,
    mask_id,
    mask_mobile,
    mask_name,
    mobile,
    resident_id,
    resident_number,
)

__all__ = [
    "CertificateIdentifier",
    "InvalidIdentifier",
    "Kind",
    "MatterCode",
    "ResidentId",
    "Sex",
    "certificate_identifier",
    "credit_code",
    "holds_number",
    "make_certificate_identifier",
    "make_credit_code",
    "mask_id",
    "mask_mobile",
    "mask_name",
    "matter_code",
    "mobile",
    "resident_id",
    "resident_number",
    "tidy",
    "type_code",
]
