"""Applications (办件) and what is proven and decided in them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, Person, User
from approvals.states import (
    OPEN,
    UNDER_WAY,
    ApplicationState,
    BackTestState,
    ClockKind,
    DecisionKind,
    EvidenceKind,
    Maker,
)
from certificates.models import Authorisation
from matters.models import Edition, EditionDraft, Matter
from records.fields import EncryptedJSONField
from records.models import StoredFile

IS_OPEN = Q(state__in=sorted(OPEN))
MANDATE = (
    "delegation:<id>, guardianship:<id> or right:<id>; empty: for oneself, or for an organisation by law"
)
NOT_ONES_OWN_AGENT = Q(agent__isnull=True) | (
    ~Q(agent=F("person")) & ~Q(mandate="") & Q(organisation__isnull=True)
)


class Draft(models.Model):
    """An application not yet submitted; one per applicant and matter. Its reference becomes the application's.

    An organisation's draft is the organisation's: `person` is who last consented for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=24, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts"
    )
    agent = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts_for_others"
    )
    mandate = models.CharField(max_length=60, blank=True, default="", help_text=MANDATE)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="drafts")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="drafts")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="+")
    answers = EncryptedJSONField(
        help_text="what the applicant typed or corrected; prefilled values are not copied"
    )
    taken_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="drafts_taken",
        help_text="the clerk who takes it at a window",
    )
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    shown_at = models.DateTimeField(
        null=True, blank=True, help_text="when a window put it before the holder; as it was saved then"
    )
    declined_at = models.DateTimeField(
        null=True, blank=True, help_text="when the holder said that what was shown is wrong"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "matter"],
                condition=Q(organisation__isnull=True),
                name="one_draft_a_person_and_matter",
            ),
            models.UniqueConstraint(
                fields=["organisation", "matter"],
                condition=Q(organisation__isnull=False),
                name="one_draft_an_organisation_and_matter",
            ),
            models.CheckConstraint(
                condition=NOT_ONES_OWN_AGENT, name="draft_agent_is_another_with_a_mandate"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Application(models.Model):
    """One applicant's case for one edition of a matter. Only `workflow.advance` changes its state."""

    class Channel(models.TextChoices):
        ONLINE = "online", "网上"
        COUNTER = "counter", "窗口"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=24, unique=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="applications")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="applications"
    )
    agent = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications_for_others",
        help_text="who acted, where another person is the applicant",
    )
    mandate = models.CharField(max_length=60, blank=True, default="", help_text=MANDATE)
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="+")
    answers = EncryptedJSONField()
    state = models.CharField(
        max_length=16, choices=ApplicationState.choices, default=ApplicationState.SUBMITTED
    )
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.ONLINE)
    taken_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications_taken",
        help_text="the clerk who took it at a window",
    )
    idempotency_key = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    waiting_since = models.DateTimeField(help_text="when it last began to wait for the machine")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    referral_reason = models.CharField(max_length=200, blank=True, default="")
    due_on = models.DateField(null=True, blank=True, help_text="stored copy; written by the clock only")
    closed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "idempotency_key"], name="one_application_a_key"),
            models.UniqueConstraint(
                fields=["person", "matter"],
                condition=Q(IS_OPEN, organisation__isnull=True),
                name="one_open_application_a_person",
            ),
            models.UniqueConstraint(
                fields=["organisation", "matter"],
                condition=Q(IS_OPEN, organisation__isnull=False),
                name="one_open_application_an_organisation",
            ),
            models.CheckConstraint(condition=NOT_ONES_OWN_AGENT, name="agent_is_another_with_a_mandate"),
            models.CheckConstraint(
                condition=Q(channel="counter", taken_by__isnull=False)
                | (~Q(channel="counter") & Q(taken_by__isnull=True)),
                name="what_a_window_takes_names_its_clerk",
            ),
            models.CheckConstraint(
                condition=Q(IS_OPEN, closed_at__isnull=True) | Q(~IS_OPEN, closed_at__isnull=False),
                name="closed_applications_have_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waiting_since"], condition=Q(state="submitted"), name="application_waiting"
            ),
            models.Index(
                fields=["matter", "due_on"], condition=Q(state="in_review"), name="application_in_review"
            ),
            models.Index(fields=["person", "-submitted_at"], name="application_by_person"),
            models.Index(fields=["organisation", "-submitted_at"], name="application_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def stream(self) -> str:
        """Return the journal stream of this case."""
        return f"case:{self.reference}"


class Evidence(models.Model):
    """How one material was met in one application (提交的材料)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="evidence")
    material = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=EvidenceKind.choices)
    certificate_identifier = models.CharField(max_length=120, blank=True, default="")
    certificate_version = models.PositiveSmallIntegerField(null=True, blank=True)
    register_name = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "material"], name="one_evidence_a_material")
        ]

    def __str__(self) -> str:
        return f"{self.material} {self.kind}"


class Attachment(models.Model):
    """One uploaded file (上传的文件) with the draft or the application it was uploaded for, under the question asked.

    Draft and files live and die together. In an application, what is not handed in waits for a notice to be answered;
    what was replaced stays, for somebody may have decided on it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(
        # Not asked for when a draft is deleted, which costs a look each time: the database refuses it all the same.
        Draft,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="attachments",
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    question = models.CharField(max_length=40)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="attachment")
    attached_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False, application__isnull=True, handed_in_at__isnull=True)
                | Q(draft__isnull=True, application__isnull=False),
                name="attached_to_a_draft_or_an_application",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at__isnull=True) | Q(handed_in_at__isnull=False),
                name="only_what_was_handed_in_is_replaced",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.file_id}"


class Judgement(models.Model):
    """The stored Verdict of one run (核验记录): replays from its own facts, edition and date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="judgements")
    number = models.PositiveSmallIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=12, help_text="grant, supplement, refer")
    on = models.DateField()
    record = EncryptedJSONField(help_text="{facts, verdict}")
    silent_registers = models.JSONField(
        default=list, help_text="names of registers from which something stayed unknown"
    )
    judged_at = models.DateTimeField()
    collect_ms = models.PositiveIntegerField(default=0)
    judge_us = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="one_judgement_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.number} {self.verdict}"


class Decision(models.Model):
    """The legal act (审批决定). One original a case; a correction names the one it corrects."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=DecisionKind.choices)
    maker = models.CharField(max_length=12, choices=Maker.choices)
    officer = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    judgement = models.ForeignKey(
        Judgement, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    reasons = models.TextField()
    outcome = models.JSONField(default=dict, help_text="what the outcome table gave: amounts, terms")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(corrects__isnull=True), name="one_original_decision"
            ),
            models.CheckConstraint(
                condition=Q(maker="system", officer__isnull=True, kind="granted", judgement__isnull=False)
                | Q(maker="officer", officer__isnull=False),
                name="machine_only_grants_on_a_judgement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class SupplementNotice(models.Model):
    """All defects at once (一次性告知, 行政许可法 art. 32(1)(4)), with a due date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notices")
    judgement = models.ForeignKey(
        Judgement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    items = models.JSONField(help_text="[{opens, name, text}]: exactly what the applicant may change")
    issued_by = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at__isnull=True), name="one_open_notice"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} due {self.due_on}"


class ClockEntry(models.Model):
    """One line of the ledger from which the due date follows (时限记录)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="clock_entries")
    kind = models.CharField(max_length=8, choices=ClockKind.choices)
    at = models.DateTimeField()
    workdays = models.PositiveSmallIntegerField(default=0, help_text="START: the limit; EXTEND: added days")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(kind="start"), name="one_start_of_the_clock"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(kind="stop"), name="one_stop_of_the_clock"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class BackTest(models.Model):
    """A draft held against the last judged cases, from what was stored of them (回测). Nothing in it names a person.

    `tally` grows with every slice, in the same commit as `done` and the place reached: (`place_at`, `place_id`) is the
    judgement looked at last, the newest come first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(EditionDraft, on_delete=models.PROTECT, related_name="back_tests")
    revision = models.PositiveIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+", help_text="held against")
    state = models.CharField(max_length=12, choices=BackTestState.choices, default=BackTestState.WAITING)
    wanted = models.PositiveIntegerField(help_text="of how many cases at most")
    cases = models.PositiveIntegerField(default=0, help_text="how many there are")
    done = models.PositiveIntegerField(default=0)
    place_at = models.DateTimeField(null=True)
    place_id = models.UUIDField(null=True)
    tally = models.JSONField(default=dict)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=Q(state__in=UNDER_WAY), name="one_back_test_of_a_draft_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDER_WAY, ended_at__isnull=True)
                | (~Q(state__in=UNDER_WAY) & Q(ended_at__isnull=False)),
                name="ended_back_tests_have_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} r{self.revision} {self.state}"
