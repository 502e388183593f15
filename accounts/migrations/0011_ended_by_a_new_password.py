from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_whose_an_account_is"),
    ]

    operations = [
        migrations.AlterField(
            model_name="signin",
            name="end",
            field=models.CharField(
                blank=True,
                choices=[
                    ("signed_out", "已退出"),
                    ("elsewhere", "从另一台设备退出"),
                    ("reset", "重置动态口令时退出"),
                    ("password", "换密码时退出"),
                ],
                default="",
                max_length=12,
            ),
        ),
    ]
