"""Every package from its demo lives to its end: applied for, decided by the worker, issued or ended as promised."""

from __future__ import annotations

import pytest

from accounts.acting import principals
from accounts.models import Message, Organisation, User
from accounts.organising import OrganisationClosed
from approvals import reviewing, selectors
from approvals.applying import drafting
from approvals.models import Application, Decision
from approvals.states import ApplicationState as S
from approvals.states import Maker
from certificates.states import CertificateStatus
from common import clock
from matters import editions
from matters.format.results import Ending
from matters.models import Matter
from portal.demo.district.lives import district
from tests.portal.demo import acting

TRIES = [(one.username, name, one.expects[name]) for one in district().lives for name in one.tries]
STATES = {"grant": S.GRANTED, "refer": S.IN_REVIEW, "supplement": S.SUPPLEMENTING}
RECOMMENDED = "建议准予"


def test_every_matter_of_the_catalogue_has_its_lives(demo: object) -> None:
    """Each can be tried in the demo: what its rules can grant is granted, what they cannot prove goes to a person."""
    codes = {one.code for one in district().matters.values()}
    assert codes == set(Matter.objects.values_list("code", flat=True))
    for name in district().matters:
        told = [verdict for _, matter, verdict in TRIES if matter == name]
        if acting.matter_called(name).mode == Matter.Mode.INSTANT_APPROVAL:
            assert "grant" in told, name
        assert "refer" in told, name


@pytest.mark.parametrize(("username", "matter", "expected"), TRIES)
def test_what_a_life_tries_ends_as_it_says(town: str, username: str, matter: str, expected: str) -> None:
    application = acting.decided(acting.apply(acting.life(username), matter))
    assert application.state == STATES[expected]
    if expected == "grant":
        assert selectors.decision_of(application).maker == Maker.SYSTEM  # type: ignore[union-attr]
        assert_done_as_promised(application)
    else:
        assert not Decision.objects.filter(application=application).exists()
    if RECOMMENDED in application.referral_reason:
        assert application.matter.mode == Matter.Mode.INSTANT_FILING
        reviewing.grant(officer_for(application), application=application, reasons="核验全部通过，准予办理")
        assert_done_as_promised(Application.objects.get(pk=application.pk))


def assert_done_as_promised(application: Application) -> None:
    """The package's `result` came true: the certificate it names is valid in the hands of whom it names."""
    assert application.state == S.GRANTED
    promised = editions.compiled(application.edition).package.result
    certificate = selectors.certificate_of(selectors.decision_of(application))
    assert certificate is not None
    assert certificate.type.slug == promised.certificate.type
    if promised.ends is not None:
        assert_ended_as_promised(application, promised.ends)
    assert certificate.status == CertificateStatus.VALID
    assert not certificate.expired_on(clock.today())
    assert (certificate.previous is not None) == promised.certificate.renews
    assert set(certificate.fields) == set(promised.certificate.fields)
    if promised.organisation is None:
        holder = certificate.holder_organisation or certificate.holder_person
        assert holder == (application.organisation or application.person)
    else:
        assert certificate.holder_organisation is not None


def assert_ended_as_promised(application: Application, ends: Ending) -> None:
    """What the applicant had is 注销 by this decision, the applicant has closed, and its head still reads it all."""
    decision = selectors.decision_of(application)
    assert decision is not None
    holder = application.organisation or application.person
    held = holder.certificates.filter(type__slug__in=ends.types)
    assert {one.type.slug for one in held} >= {ends.certificate}
    for one in held:
        assert (one.status, one.ended_by) == (CertificateStatus.CANCELLED, f"decision:{decision.pk}")
        assert ends.reason in one.status_reason
        assert application.reference in one.status_reason
        assert Message.objects.filter(occasion__startswith=f"certificate:{one.pk}:").exists()
    if ends.organisation:
        assert_closed(application, decision)


def assert_closed(application: Application, decision: Decision) -> None:
    assert application.organisation is not None
    body = Organisation.objects.get(pk=application.organisation.pk)
    assert (body.status, body.closed_by) == (Organisation.Status.CANCELLED, f"decision:{decision.pk}")
    assert body.closed_on == clock.today()
    head = principals.principal(application.person, whom=f"organisation:{body.pk}")
    assert selectors.own_application(head, reference=application.reference) == application
    assert principals.choices_of_organisations(application.person, on=clock.today()) == []
    with pytest.raises(OrganisationClosed):
        drafting.start(head, matter=application.matter, consent=True)


def officer_for(application: Application) -> User:
    """Return the demo's officer of the matter's department who has no part in the case."""
    posts = {one.post.department: one.username for one in district().staff if one.post.role == "officer"}
    return User.objects.get(username=posts[application.matter.department.credit_code])
