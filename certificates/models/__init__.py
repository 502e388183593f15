"""The shared store of electronic certificates (电子证照), who allowed their use, and every use."""

from certificates.models.authorisations import Authorisation, Presentation, Scan
from certificates.models.certificates import EXACTLY_ONE_HOLDER, Certificate
from certificates.models.endings import EndingProposal
from certificates.models.seals import Seal, SealedPaper, SealRequest, SealUse
from certificates.models.stocking import ImportBatch, Reconciliation
from certificates.models.types import CertificateType, NumberSeries, TypeSchema
from certificates.models.uses import MisuseReport, UseRecord

__all__ = [
    "EXACTLY_ONE_HOLDER",
    "Authorisation",
    "Certificate",
    "CertificateType",
    "EndingProposal",
    "ImportBatch",
    "MisuseReport",
    "NumberSeries",
    "Presentation",
    "Reconciliation",
    "Scan",
    "Seal",
    "SealRequest",
    "SealUse",
    "SealedPaper",
    "TypeSchema",
    "UseRecord",
]
