"""Who runs this site (国办发〔2017〕47号): what the foot of every page must name. The newest row holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SiteProfile(models.Model):
    """One state of the site's particulars; empty columns fall back to settings.SITE."""

    insert_only: ClassVar[bool] = True

    name = models.CharField("网站名称", max_length=60)
    district = models.CharField("所在地区", max_length=40)
    portal_line = models.CharField("统一入口", max_length=60)
    host = models.CharField("主办单位", max_length=60)
    undertaker = models.CharField("承办单位", max_length=60)
    identifier = models.CharField("网站标识码", max_length=10)
    icp = models.CharField("ICP 备案号", max_length=40)
    police = models.CharField("公安备案号", max_length=40)
    phone = models.CharField("联系电话", max_length=40)
    hours = models.CharField("服务时间", max_length=80)
    hotline = models.CharField("政务服务便民热线", max_length=20)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.name} since {self.entered_at:%Y-%m-%d}"
