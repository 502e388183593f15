"""From here on journal, events and blocks only grow."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from records.insert_only import GUARD, InsertOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("records", "0001_journal_and_blocks")]

    operations: ClassVar = [
        migrations.RunSQL(GUARD, "DROP FUNCTION records_refuse_change()"),
        InsertOnly("records_journalentry", "records_event", "records_block", "records_blockentry"),
    ]
