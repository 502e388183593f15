from __future__ import annotations

from django.db import migrations, models

from records.insert_only import InsertOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [("records", "0002_insert_only")]

    operations = [
        migrations.CreateModel(
            name="SiteProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="网站名称")),
                ("district", models.CharField(max_length=40, verbose_name="所在地区")),
                ("portal_line", models.CharField(max_length=60, verbose_name="统一入口")),
                ("host", models.CharField(max_length=60, verbose_name="主办单位")),
                ("undertaker", models.CharField(max_length=60, verbose_name="承办单位")),
                ("identifier", models.CharField(max_length=10, verbose_name="网站标识码")),
                ("icp", models.CharField(max_length=40, verbose_name="ICP 备案号")),
                ("police", models.CharField(max_length=40, verbose_name="公安备案号")),
                ("phone", models.CharField(max_length=40, verbose_name="联系电话")),
                ("hours", models.CharField(max_length=80, verbose_name="服务时间")),
                ("hotline", models.CharField(max_length=20, verbose_name="政务服务便民热线")),
                ("entered_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-pk",),
            },
        ),
        InsertOnly("web_siteprofile"),
    ]
