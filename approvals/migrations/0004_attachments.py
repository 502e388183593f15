"""Uploaded files are attached to a draft, and handed in with the application."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_agents"),
        ("records", "0003_uploaded_files"),
    ]

    operations = [
        migrations.AlterField(
            model_name="evidence",
            name="kind",
            field=models.CharField(
                choices=[
                    ("certificate", "电子证照"),
                    ("register", "数据共享"),
                    ("form", "在线填写"),
                    ("commitment", "告知承诺"),
                    ("upload", "上传的文件"),
                    ("owed", "由工作人员核对"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("question", models.CharField(max_length=40)),
                ("attached_at", models.DateTimeField()),
                ("handed_in_at", models.DateTimeField(blank=True, null=True)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="approvals.application",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="attachments",
                        to="approvals.draft",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachment",
                        to="records.storedfile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("application__isnull", True),
                                ("draft__isnull", False),
                                ("handed_in_at__isnull", True),
                            ),
                            models.Q(("application__isnull", False), ("draft__isnull", True)),
                            _connector="OR",
                        ),
                        name="attached_to_a_draft_or_an_application",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replaced_at__isnull", True), ("handed_in_at__isnull", False), _connector="OR"
                        ),
                        name="only_what_was_handed_in_is_replaced",
                    ),
                ],
            },
        ),
    ]
