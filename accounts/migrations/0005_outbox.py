"""Deliveries by SMS and e-mail, what people opted out of, and addresses being confirmed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import records.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_one_message_an_occasion"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("channel", models.CharField(choices=[("sms", "短信"), ("email", "电子邮件")], max_length=8)),
                ("kind", models.CharField(max_length=40)),
                (
                    "sealed",
                    records.fields.EncryptedJSONField(
                        blank=True,
                        editable=False,
                        help_text="{to, values} where there is no message: a code; gone once it is settled",
                        null=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待发送"),
                            ("sent", "已发送"),
                            ("given_up", "没有送达"),
                            ("unwanted", "没有发送"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "not_before",
                    models.DateTimeField(
                        help_text="waits for others of its kind, the morning, or the next try"
                    ),
                ),
                (
                    "sending",
                    models.UUIDField(
                        blank=True, help_text="what the gateway knows one SMS or mail by", null=True
                    ),
                ),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=60)),
                (
                    "failed_at",
                    models.DateTimeField(blank=True, help_text="the last try that failed", null=True),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="EmailCode",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("email", records.fields.EncryptedTextField(editable=False)),
                ("code_hash", models.BinaryField(max_length=32)),
                ("sent_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(choices=[("sms", "短信"), ("email", "电子邮件")], max_length=8)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("progress", "办理进度"),
                            ("result", "办理结果"),
                            ("deadline", "补正和期限"),
                            ("certificates", "我的证照"),
                            ("records", "授权和查看记录"),
                            ("security", "账号安全"),
                        ],
                        max_length=16,
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="message",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="accounts.message",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="accounts.person",
            ),
        ),
        migrations.AddField(
            model_name="emailcode",
            name="person",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="email_code", to="accounts.person"
            ),
        ),
        migrations.AddField(
            model_name="optout",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opt_outs",
                to="accounts.person",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["not_before"], name="delivery_due"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["person"], name="delivery_of_a_person"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "sent")), fields=["person", "-settled_at"], name="delivery_sent"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="delivery_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", False)),
                fields=["settled_at"],
                name="delivery_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("message", None)), fields=["person", "-created_at"], name="delivery_alone"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("message", "channel"), name="one_delivery_a_message_and_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="settled_deliveries_have_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("message__isnull", False),
                    ("sealed__isnull", False),
                    models.Q(("state", "waiting"), _negated=True),
                    _connector="OR",
                ),
                name="a_waiting_delivery_has_something_to_say",
            ),
        ),
        migrations.AddConstraint(
            model_name="optout",
            constraint=models.UniqueConstraint(
                fields=("person", "channel", "topic"), name="one_opt_out_a_channel_and_topic"
            ),
        ),
    ]
