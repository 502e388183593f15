"""People, organisations, departments, regions, posts and the inbox. A person exists with or without an account."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from records.fields import EncryptedTextField


class User(AbstractBaseUser):
    """An account. What it may do follows from its person and its posts, never from a flag."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BaseUserManager["User"]()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username


class Person(models.Model):
    """A natural person (自然人), known by resident ID number: encrypted, found by keyed hash (PIPL art. 51)."""

    class RealNameLevel(models.IntegerChoices):
        UNVERIFIED = 0, "未实名"
        NAME_AND_NUMBER = 2, "姓名和证件号码一致"
        FACE = 3, "人脸核验"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="person")
    name = models.CharField(max_length=60)
    id_number = EncryptedTextField()
    id_number_hash = models.BinaryField(unique=True, max_length=32)
    birth_year = models.PositiveSmallIntegerField()
    mobile = EncryptedTextField(blank=True, default="")
    mobile_hash = models.BinaryField(max_length=32, null=True, blank=True, db_index=True)
    real_name_level = models.PositiveSmallIntegerField(
        choices=RealNameLevel.choices, default=RealNameLevel.UNVERIFIED
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"person {self.id}"


class Organisation(models.Model):
    """A legal person or other organisation (法人和其他组织), known by its credit code (GB 32100)."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
        COOPERATIVE = "cooperative", "农民专业合作社"
        INSTITUTION = "institution", "事业单位"
        OTHER = "other", "其他组织"

    class Status(models.TextChoices):
        ACTIVE = "active", "存续"
        CANCELLED = "cancelled", "注销"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    source = models.CharField(max_length=80, unique=True, null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.credit_code


class ActingRight(models.Model):
    """A person's right to act for an organisation, from a day to a day."""

    class Role(models.TextChoices):
        OPERATOR = "operator", "经营者"
        LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acting_rights")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="acting_rights")
    role = models.CharField(max_length=24, choices=Role.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(valid_to__isnull=True),
                name="one_open_acting_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.organisation_id}"


class Region(models.Model):
    """An administrative division (GB/T 2260 and its longer forms); never deleted, only ended."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Department(models.Model):
    """An implementing body (实施主体). Remedies name its superior and the court (行政许可法 art. 38)."""

    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    section = models.CharField(max_length=40, blank=True, default="")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")
    phone = models.CharField(max_length=40)
    complaint_phone = models.CharField(max_length=40)
    address = models.CharField(max_length=120)
    hours = models.CharField(max_length=80)
    review_body = models.CharField(max_length=80)
    court = models.CharField(max_length=80)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role held in a department from a day to a day; one user can hold several."""

    class Role(models.TextChoices):
        CLERK = "clerk", "窗口人员"
        OFFICER = "officer", "审批人员"
        ADMIN = "admin", "事项管理员"
        SUPERVISOR = "supervisor", "监督人员"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=Role.choices)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="one_open_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    def held_on(self, on: date) -> bool:
        """Return whether the post is held on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Message(models.Model):
    """What is told to a person in the portal (消息)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    body = models.TextField()
    case_reference = models.CharField(max_length=24, blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at"], name="message_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_reference}"
