"""A post may be taken away on its first day: its last day is then the day before."""

import datetime as dt

from django.db import migrations, models
from django.db.models import ExpressionWrapper, F, Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_outbox")]

    operations = [
        migrations.RemoveConstraint(model_name="post", name="post_ends_after_it_begins"),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(
                    valid_to__gte=ExpressionWrapper(
                        F("valid_from") - dt.timedelta(days=1), output_field=models.DateField()
                    )
                ),
                name="post_ends_after_it_begins",
            ),
        ),
    ]
