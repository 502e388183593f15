"""From here on an edition can be added, never changed or removed (architecture, what always holds: 7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from records.insert_only import InsertOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matters", "0001_catalogue"), ("records", "0002_insert_only")]

    operations: ClassVar = [InsertOnly("matters_edition")]
