"""A foreign key given as a string is no import, so import-linter cannot see it; this can."""

from __future__ import annotations

from django.apps import apps
from django.db import models

HEIGHT = {
    "portal": 7,
    "web": 7,
    "api": 7,
    "demo": 7,
    "evaluations": 6,
    "approvals": 5,
    "matters": 4,
    "certificates": 3,
    "registers": 3,
    "accounts": 2,
    "records": 1,
    "auth": 0,
    "contenttypes": 0,
    "sessions": 0,
    "account": 0,  # tables of libraries: django-allauth, django-axes
    "mfa": 0,
    "socialaccount": 0,
    "axes": 0,
    "drf_spectacular": 0,
}


def leaning(model: type[models.Model], field: models.Field) -> str | None:
    """Return what is wrong with a relation: it goes up, sideways, or anywhere by a generic key."""
    target = field.related_model
    if target is None or isinstance(target, str):
        return None
    below, above = HEIGHT[target._meta.app_label], HEIGHT[model._meta.app_label]
    if above == 0:  # Django's and libraries' own
        return None
    same = target._meta.app_label == model._meta.app_label
    return None if same or below < above else f"{model._meta.label}.{field.name} → {target._meta.label}"


def test_relations_lean_only_on_floors_below() -> None:
    wrong = [
        problem
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField | models.OneToOneField)
        if (problem := leaning(model, field))
    ]
    assert not wrong


def test_no_generic_relations() -> None:
    generic = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.private_fields
        if model._meta.app_label in HEIGHT and field.is_relation
    ]
    assert not generic


def test_every_app_has_its_height() -> None:
    ours = {
        config.label for config in apps.get_app_configs() if not config.name.startswith(("django.", "rest_"))
    }
    assert ours - {"django_filters"} <= HEIGHT.keys()
