"""What the API sends and takes: field names are the glossary's, texts are the pages'."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers

from accounts.models import Message
from approvals import selectors
from approvals.applying.submission import opened_fields
from approvals.models import Application, Evidence
from approvals.states import ApplicationState
from certificates.models import Certificate, CertificateType
from certificates.states import CertificateStatus, EndingStatus
from common import clock
from matters.models import Matter
from matters.selectors import Guide
from portal.web.components import sheets

JSON = dict[str, Any]


class MatterSerializer(serializers.ModelSerializer[Matter]):
    """A matter in a list."""

    department = serializers.CharField(source="department.name", help_text="实施主体")
    mode_label = serializers.CharField(source="handling")

    class Meta:
        model = Matter
        fields = ("code", "name", "summary", "applicant", "mode", "mode_label", "department", "life_events")


class OptionSerializer(serializers.Serializer[Any]):
    """One option of a choice."""

    value = serializers.CharField()
    label = serializers.CharField()


class QuestionSerializer(serializers.Serializer[Any]):
    """One question: `prefilled` ones need no answer where the certificate is found."""

    name = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()
    required = serializers.BooleanField()
    prefilled = serializers.BooleanField()
    options = OptionSerializer(many=True)


class MaterialSerializer(serializers.Serializer[Any]):
    """One material and what replaces it."""

    code = serializers.CharField()
    name = serializers.CharField()
    replaced_by = serializers.CharField()


class MatterDetailSerializer(MatterSerializer):
    """A matter with what is asked and what is read."""

    questions = QuestionSerializer(many=True, read_only=True)
    materials = MaterialSerializer(many=True, read_only=True)
    certificates = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(MatterSerializer.Meta):
        fields = (*MatterSerializer.Meta.fields, "questions", "materials", "certificates")


def matter_in_full(guide: Guide) -> JSON:
    """Return a matter with its questions and materials."""
    compiled = guide.compiled
    questions = [
        {
            "name": one.name,
            "type": str(one.type),
            "label": one.label,
            "required": one.required,
            "prefilled": one.prefill is not None,
            "options": [{"value": option.value, "label": option.label} for option in one.options],
        }
        for one in compiled.package.questions
    ]
    materials = [
        {"code": row.material.code, "name": row.material.name, "replaced_by": row.replaced_by}
        for row in guide.materials
    ]
    types = [compiled.specs[f"cert.{slug}.held"].source_label for slug in compiled.certificates]
    return {
        **MatterSerializer(guide.matter).data,
        "questions": questions,
        "materials": materials,
        "certificates": types,
    }


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """An application in a list."""

    matter = serializers.CharField(source="matter.code")
    matter_name = serializers.CharField(source="matter.name")
    state_label = serializers.CharField(source="get_state_display")
    applicant = serializers.SerializerMethodField(help_text="申请人")

    class Meta:
        model = Application
        fields = (
            "reference",
            "matter",
            "matter_name",
            "applicant",
            "state",
            "state_label",
            "submitted_at",
            "due_on",
            "closed_at",
        )

    def get_applicant(self, application: Application) -> str:
        """Return the applicant's name."""
        return application.organisation.name if application.organisation else application.person.name


class CheckSerializer(serializers.Serializer[Any]):
    """One line of the verification sheet."""

    name = serializers.CharField()
    expected = serializers.CharField()
    seen = serializers.CharField()
    basis = serializers.ListField(child=serializers.CharField(), help_text="each article of law")
    source = serializers.CharField()
    outcome = serializers.CharField()


class NoticeSerializer(serializers.Serializer[Any]):
    """A supplement notice that waits for an answer."""

    due_on = serializers.DateField()
    opens = serializers.ListField(child=serializers.CharField())
    says = serializers.ListField(child=serializers.CharField())


class DecisionSerializer(serializers.Serializer[Any]):
    """The decision in force."""

    kind = serializers.CharField()
    kind_label = serializers.CharField()
    maker = serializers.CharField()
    reasons = serializers.CharField()
    decided_at = serializers.DateTimeField()


class IssuedSerializer(serializers.Serializer[Any]):
    """The certificate a decision issued."""

    type = serializers.CharField()
    number = serializers.CharField()
    identifier = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)


class ApplicationDetailSerializer(ApplicationSerializer):
    """An application with why it stands where it stands."""

    referral_reason = serializers.CharField()
    checks = CheckSerializer(many=True, read_only=True)
    notice = NoticeSerializer(allow_null=True, read_only=True)
    decision = DecisionSerializer(allow_null=True, read_only=True)
    certificate = IssuedSerializer(allow_null=True, read_only=True)

    class Meta(ApplicationSerializer.Meta):
        fields = (
            *ApplicationSerializer.Meta.fields,
            "referral_reason",
            "checks",
            "notice",
            "decision",
            "certificate",
        )


def application_in_full(application: Application) -> JSON:
    """Return an application with sheet, open notice, decision and certificate: what its page shows."""
    decision, sheet = selectors.decided(application)
    certificate = selectors.certificate_of(decision)
    notice = selectors.open_notice(application)
    return {
        **ApplicationSerializer(application).data,
        "referral_reason": application.referral_reason,
        "checks": [CheckSerializer(row).data for row in sheets.rows(sheet)] if sheet else [],
        "notice": {
            "due_on": notice.due_on,
            "opens": sorted(opened_fields(notice)),
            "says": [item["text"] for item in notice.items],
        }
        if notice
        else None,
        "decision": {
            "kind": decision.kind,
            "kind_label": decision.get_kind_display(),
            "maker": decision.maker,
            "reasons": decision.reasons,
            "decided_at": decision.decided_at,
        }
        if decision
        else None,
        "certificate": {
            "type": certificate.type.name,
            "number": certificate.number,
            "identifier": certificate.identifier,
            "valid_until": certificate.valid_until,
        }
        if certificate
        else None,
    }


class Answers(serializers.DictField):
    """Question name → answer: text, number, yes or no."""

    child = serializers.JSONField()


class NewApplicationSerializer(serializers.Serializer[Any]):
    """What is sent to apply. `consent` answers whether the named certificates may be read: there is no default."""

    matter = serializers.CharField(max_length=31, help_text="事项编码")
    consent = serializers.BooleanField(help_text="是否同意使用电子证照")
    answers = Answers(required=False, default=dict)


class SupplementSerializer(serializers.Serializer[Any]):
    """Answers to a supplement notice: exactly the fields it opens."""

    answers = Answers()


class RatingSerializer(serializers.Serializer[Any]):
    """A rating: 5 is very good, 1 very poor; 1 and 2 need a tag or a text."""

    level = serializers.IntegerField(min_value=1, max_value=5)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), default=list, max_length=20)
    text = serializers.CharField(max_length=200, default="", allow_blank=True)
    anonymous = serializers.BooleanField(default=False)


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """How one material was met."""

    kind_label = serializers.CharField(source="get_kind_display")

    class Meta:
        model = Evidence
        fields = ("material", "kind", "kind_label", "certificate_identifier", "register_name")


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message of the inbox."""

    reference = serializers.CharField(source="case_reference")

    class Meta:
        model = Message
        fields = ("id", "kind", "title", "body", "reference", "created_at", "read_at")


class AskedCertificateSerializer(serializers.Serializer[Any]):
    """The identifier printed on a certificate (GB/T 36904), or the token of its QR code."""

    identifier = serializers.CharField(max_length=160)


class CheckedSerializer(serializers.Serializer[Any]):
    """What the store says now; the holder's name is masked."""

    state = serializers.CharField()
    label = serializers.CharField()
    type_name = serializers.CharField()
    masked_holder = serializers.CharField()
    issuer_name = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    successor_version = serializers.IntegerField(allow_null=True)
    checked_at = serializers.DateTimeField()


class FaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong, and where (JSON pointer)."""

    pointer = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)


class MatterFilter(filters.FilterSet):
    """?applicant=person&department=民政局."""

    department = filters.CharFilter(field_name="department__credit_code")

    class Meta:
        model = Matter
        fields = ("applicant", "mode", "department")


class ApplicationFilter(filters.FilterSet):
    """?state=granted&matter=CODE."""

    state = filters.ChoiceFilter(choices=ApplicationState.choices)
    matter = filters.CharFilter(field_name="matter__code")

    class Meta:
        model = Application
        fields = ("state", "matter")


class TypeSerializer(serializers.ModelSerializer[CertificateType]):
    """A type of certificate in a list."""

    class Meta:
        model = CertificateType
        fields = ("code", "name", "kind", "holder_kind", "definer_name", "exclusive", "current_schema")


class TypeDetailSerializer(TypeSerializer):
    """A type with its rules and the versions of its fields; each version has a JSON Schema of its own."""

    schemas = serializers.SlugRelatedField[Any](slug_field="version", many=True, read_only=True)

    class Meta(TypeSerializer.Meta):
        rules = ("trust_level", "issuers", "validity", "lookup", "copies", "schemas")
        fields = (*TypeSerializer.Meta.fields, *rules)


class KeptCertificateSerializer(serializers.ModelSerializer[Certificate]):
    """The state of a certificate; nothing of what it says of its holder."""

    type = serializers.CharField(source="type.code")
    expired = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField(help_text="等待复核的处理，没有则为空")

    class Meta:
        model = Certificate
        terms = ("identifier", "type", "number", "version", "issued_on", "valid_from", "valid_until")
        fields = (*terms, "status", "status_reason", "status_changed_at", "expired", "waiting")

    def get_expired(self, certificate: Certificate) -> bool:
        """Return whether its validity has run out; that is no state, and what has not begun has not run out."""
        until = certificate.valid_until
        return until is not None and clock.today() > until

    def get_waiting(self, certificate: Certificate) -> str:
        """Return the ending that waits for a second keeper."""
        return certificate.endings.filter(status=EndingStatus.OPEN).values_list("to", flat=True).first() or ""


class MoveSerializer(serializers.Serializer[Any]):
    """One move: to where, why; an ending with its decision and the law."""

    to = serializers.ChoiceField(
        choices=[one for one in CertificateStatus if one != CertificateStatus.SUPERSEDED]
    )
    reason = serializers.CharField(max_length=200)
    document = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    basis = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
