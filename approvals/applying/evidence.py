"""How each material of an edition is met in one application, worked out when it is submitted."""

from __future__ import annotations

from approvals.models import Application, Evidence
from approvals.states import EvidenceKind
from certificates import selectors as store
from certificates.models import Certificate
from certificates.states import AuthorisationStatus
from matters import editions
from matters.format.questions import Material, Replacement
from matters.forms.answers import form_facts


def of(application: Application) -> list[Evidence]:
    """Return one unsaved row a material. What nothing replaces is looked at by a person (由工作人员核对)."""
    compiled = editions.compiled(application.edition)
    on = application.submitted_at.date()
    usable = _usable_certificates(application)
    answered = form_facts(compiled, application.answers, facts={}, on=on)
    return [_row(application, material, usable) for material in compiled.materials(answered, on=on)]


def _usable_certificates(application: Application) -> dict[str, Certificate]:
    """Return valid certificates by type slug; none when their use was not allowed. Reads no field."""
    if application.authorisation.status != AuthorisationStatus.GRANTED:
        return {}
    holder = application.organisation or application.person
    return store.valid_by_type(holder, on=application.submitted_at.date())


def _row(application: Application, material: Material, usable: dict[str, Certificate]) -> Evidence:
    for replacement in material.replaced_by:
        if (row := _met(application, material, replacement, usable)) is not None:
            return row
    uploaded = material.upload and application.answers.get(material.upload.removeprefix("form."))
    kind = EvidenceKind.UPLOAD if uploaded else EvidenceKind.OWED
    return Evidence(application=application, material=material.code, kind=kind)


def _met(
    application: Application, material: Material, replacement: Replacement, usable: dict[str, Certificate]
) -> Evidence | None:
    row = Evidence(application=application, material=material.code)
    if replacement.certificate is not None:
        certificate = usable.get(replacement.certificate)
        if certificate is None:
            return None
        row.kind = EvidenceKind.CERTIFICATE
        row.certificate_identifier, row.certificate_version = certificate.identifier, certificate.version
    elif replacement.register_ is not None:
        row.kind, row.register_name = EvidenceKind.REGISTER, replacement.register_
    elif replacement.given is not None:
        if application.answers.get(replacement.given.removeprefix("form.")) is not True:
            return None
        row.kind = EvidenceKind.COMMITMENT
    else:
        row.kind = EvidenceKind.FORM
    return row
