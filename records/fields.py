"""Model fields that stand encrypted in their table; a value moved to another row or column is refused.

Sealed on save and on bulk_create, opened when the attribute is read. The row's primary key is part of what is sealed,
so it is made in Python (UUID default). No filter but isnull; no update(), no bulk_update. `values()` gives `Sealed`.
Renaming such a table or column needs a migration that seals anew.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute
from typing_extensions import override

from records.encrypting.envelope import Tampered, key_of, seal, unseal

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _AnyField = models.Field[Any, Any]
    _Text: TypeAlias = models.TextField[str, str]
else:
    _AnyField = models.Field
    _Text = models.TextField

__all__ = ["EncryptedJSONField", "EncryptedTextField", "Sealed", "Tampered"]


class Sealed:
    """An encrypted value as the table holds it: what values() gives. Read the model's attribute to open it."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return f"<Sealed by {key_of(self.token)}>"


class _OpenOnRead(DeferredAttribute):
    """Opens a sealed value when it is first read and keeps it on the instance."""

    field: _EncryptedField

    @override
    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(value, instance=instance)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class _EncryptedField(_AnyField):
    """What both encrypted fields share; the column is text."""

    descriptor_class = _OpenOnRead
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("unique") or kwargs.get("primary_key") or kwargs.get("db_index"):
            raise ImproperlyConfigured("An encrypted field cannot be indexed: keep a keyed hash beside it.")
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @override
    def get_internal_type(self) -> str:
        return "TextField"

    def to_text(self, value: Any) -> str:
        """Return what is encrypted for a value."""
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        """Return the value of what was encrypted."""
        raise NotImplementedError

    def open(self, sealed: Sealed, *, instance: models.Model) -> Any:
        """Return the value that was sealed for this field of this row, or raise Tampered."""
        return self.from_text(unseal(sealed.token, aad=self.place(instance)))

    def place(self, instance: models.Model) -> str:
        """Return table:row:column, the associated data: what binds a ciphertext to where it belongs."""
        pk = instance._meta.pk.to_python(instance.pk)
        if pk is None:
            raise ImproperlyConfigured(
                f"{instance._meta.label} needs a primary key before {self.name} can be sealed: give it a UUID default."
            )
        return f"{self.model._meta.db_table}:{pk}:{self.column}"

    @override
    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal for this row; a value read from it and never opened is kept as it is."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return Sealed(seal(self.to_text(value), aad=self.place(model_instance)))

    @override
    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str | None:
        if value is None or isinstance(value, Sealed):
            return value.token if value is not None else None
        raise FieldError(
            f"{self.name} is encrypted: write it with save() or bulk_create(), find it by a keyed hash."
        )

    def from_db_value(self, value: str | None, *_context: Any) -> Sealed | None:
        """Leave it sealed: the row it belongs to is known only once the attribute is read."""
        return None if value is None else Sealed(value)

    @override
    def get_lookup(self, lookup_name: str) -> Any:
        """Allow isnull only: ciphertexts of equal values differ."""
        return IsNull if lookup_name == "isnull" else None

    @override
    def get_transform(self, lookup_name: str) -> None:
        """Allow no transform: what stands in the table is a ciphertext."""

    @override
    def value_to_string(self, obj: models.Model) -> str:
        """Give dumpdata the ciphertext, never the value."""
        sealed = self.pre_save(obj, add=False)
        return sealed.token if sealed else ""

    @override
    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        pk = self.model._meta.pk
        if isinstance(pk, models.AutoField | models.BigAutoField):
            message = "A model with an encrypted field needs a primary key made in Python (UUID default)."
            return [*super().check(**kwargs), checks.Error(message, obj=self, id="records.E002")]
        return super().check(**kwargs)


class EncryptedTextField(_EncryptedField, _Text):
    """Text that identifies a person (number, phone, address): str in Python, ciphertext in the table."""

    description = "Encrypted text"

    @override
    def to_text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes str, not {type(value).__name__}")
        return value

    @override
    def from_text(self, text: str) -> Any:
        return text


class EncryptedJSONField(_EncryptedField):
    """JSON that may identify a person (answers, facts): dict, list or scalar in Python, ciphertext in the table."""

    description = "Encrypted JSON"

    @override
    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    @override
    def from_text(self, text: str) -> Any:
        return json.loads(text)
