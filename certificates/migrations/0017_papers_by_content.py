"""Whether the portal made a file that somebody holds is asked by the file's SHA-256."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("certificates", "0016_attempts")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="sealedpaper",
            index=models.Index(fields=["sha256"], name="sealed_paper_by_content"),
        ),
    ]
