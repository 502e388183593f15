"""A person is told of one act once: every message names its occasion."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_mandates_and_places")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="occasion",
            field=models.CharField(
                default="", help_text="the act it tells: application:<ref>:granted:<decision>", max_length=120
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="values",
            field=models.JSONField(blank=True, default=dict, help_text="what the wording was filled with"),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(help_text="a wording of data/messages", max_length=40),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["person"], name="message_unread"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("case_reference", ""), _negated=True),
                fields=["case_reference"],
                name="message_by_case",
            ),
        ),
        # What was sent before had no occasion: each is one of its own.
        migrations.RunSQL(
            "UPDATE accounts_message SET occasion = 'message:' || id WHERE occasion = ''",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("person", "occasion"), name="one_message_a_person_and_occasion"
            ),
        ),
    ]
