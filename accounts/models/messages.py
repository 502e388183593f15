"""What is told to people (消息), and how it goes out by SMS and e-mail (发送)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models.people import Person
from accounts.states import Channel, Topic
from records.fields import EncryptedJSONField, EncryptedTextField


class Message(models.Model):
    """What is told to a person in the portal (消息); one a person and occasion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=40, help_text="a wording of data/messages")
    occasion = models.CharField(
        max_length=120, help_text="the act it tells: application:<ref>:granted:<decision>"
    )
    title = models.CharField(max_length=80)
    body = models.TextField()
    values = models.JSONField(default=dict, blank=True, help_text="what the wording was filled with")
    case_reference = models.CharField(max_length=24, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "occasion"], name="one_message_a_person_and_occasion")
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="message_by_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["case_reference"], condition=~Q(case_reference=""), name="message_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_reference}"


class Delivery(models.Model):
    """One message on its way by one channel. Several of one kind that wait together go out as one `sending`."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待发送"
        SENT = "sent", "已发送"
        GIVEN_UP = "given_up", "没有送达"
        UNWANTED = "unwanted", "没有发送"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    kind = models.CharField(max_length=40)
    sealed = EncryptedJSONField(
        null=True,
        blank=True,
        help_text="{to, values} where there is no message: a code; gone once it is settled",
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="waits for others of its kind, the morning, or the next try")
    sending = models.UUIDField(null=True, blank=True, help_text="what the gateway knows one SMS or mail by")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True, default="")
    failed_at = models.DateTimeField(null=True, blank=True, help_text="the last try that failed")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="one_delivery_a_message_and_channel"),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | Q(~Q(state="waiting"), settled_at__isnull=False),
                name="settled_deliveries_have_a_time",
            ),
            models.CheckConstraint(
                condition=Q(message__isnull=False) | Q(sealed__isnull=False) | ~Q(state="waiting"),
                name="a_waiting_delivery_has_something_to_say",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["person"], condition=Q(state="waiting"), name="delivery_of_a_person"),
            models.Index(fields=["person", "-settled_at"], condition=Q(state="sent"), name="delivery_sent"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="delivery_failed"),
            models.Index(
                fields=["settled_at"], condition=Q(settled_at__isnull=False), name="delivery_settled"
            ),
            models.Index(fields=["person", "-created_at"], condition=Q(message=None), name="delivery_alone"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.kind} {self.state}"


class OptOut(models.Model):
    """A person does not want messages of a topic by a channel (退订)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="opt_outs", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    topic = models.CharField(max_length=16, choices=Topic.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "channel", "topic"], name="one_opt_out_a_channel_and_topic"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.channel} {self.topic}"


class EmailCode(models.Model):
    """An address a person wants mail at, until they have typed the code that was sent there (邮箱验证码)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="email_code")
    email = EncryptedTextField()
    code_hash = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.person_id} {self.sent_at}"
