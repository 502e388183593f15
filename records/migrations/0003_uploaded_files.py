"""What is known of each uploaded file; the files themselves lie sealed below FILES_DIR."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_insert_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "stream",
                    models.CharField(
                        help_text="the journal stream it belongs to: case:<reference>", max_length=80
                    ),
                ),
                ("owner", models.CharField(help_text="the actor who uploaded it", max_length=80)),
                (
                    "content_type",
                    models.CharField(
                        choices=[("image/jpeg", "图片"), ("application/pdf", "PDF")], max_length=20
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="bytes of what is kept, in clear")),
                ("pages", models.PositiveSmallIntegerField()),
                ("digest", models.BinaryField(help_text="HMAC-SHA256 of what is kept", max_length=32)),
                ("created_at", models.DateTimeField()),
                (
                    "scan",
                    models.CharField(
                        choices=[
                            ("unscanned", "未查毒"),
                            ("clean", "查毒通过"),
                            ("infected", "发现病毒，已隔离"),
                            ("failed", "查毒没有完成"),
                        ],
                        default="unscanned",
                        max_length=12,
                    ),
                ),
                (
                    "scan_after",
                    models.DateTimeField(
                        blank=True, help_text="when it is to be scanned; none: settled", null=True
                    ),
                ),
                ("scan_attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "scan_detail",
                    models.CharField(
                        blank=True, default="", help_text="what was found, or what failed", max_length=120
                    ),
                ),
                ("scanned_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("scan_after__isnull", False)),
                        fields=["scan_after"],
                        name="file_to_scan",
                    ),
                    models.Index(
                        condition=models.Q(("scan__in", ["infected", "failed"])),
                        fields=["scan"],
                        name="file_in_trouble",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scan__in", ["clean", "infected"]), _negated=True),
                            ("scanned_at__isnull", False),
                            _connector="OR",
                        ),
                        name="scanned_files_have_a_time",
                    )
                ],
            },
        ),
    ]
