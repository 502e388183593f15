"""Accounts and natural persons. A person exists with or without an account."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from records.fields import EncryptedTextField


class User(AbstractBaseUser):
    """An account. What it may do follows from its person and its posts, never from a flag."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    active_post = models.ForeignKey(
        "accounts.Post",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="the one post acted in now; only `accounts.posting` writes it",
    )
    id_number_hash = models.BinaryField(
        max_length=32,
        null=True,
        blank=True,
        help_text="keyed hash of the resident ID number of who it belongs to; only `accounts.identifying` writes it",
    )
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
    email = EncryptedTextField(null=True, blank=True)
    household_hash = models.BinaryField(
        max_length=32,
        null=True,
        blank=True,
        db_index=True,
        help_text="keyed hash of the household number (户号)",
    )
    real_name_level = models.PositiveSmallIntegerField(
        choices=RealNameLevel.choices, default=RealNameLevel.UNVERIFIED
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"person {self.id}"
