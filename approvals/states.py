"""The states of an application (办件) and the only moves between them."""

from __future__ import annotations

from django.db import models


class ApplicationState(models.TextChoices):
    """Few, legal states; everything else is derived."""

    SUBMITTED = "submitted", "已提交，正在核验"
    IN_REVIEW = "in_review", "人工办理中"
    SUPPLEMENTING = "supplementing", "待补正"
    GRANTED = "granted", "已通过"
    REFUSED = "refused", "不予批准"
    WITHDRAWN = "withdrawn", "已撤回"


S = ApplicationState
OPEN = frozenset({S.SUBMITTED, S.IN_REVIEW, S.SUPPLEMENTING})
CLOSED = frozenset({S.GRANTED, S.REFUSED, S.WITHDRAWN})
TRANSITIONS: dict[ApplicationState, frozenset[ApplicationState]] = {
    S.SUBMITTED: frozenset({S.GRANTED, S.IN_REVIEW, S.SUPPLEMENTING, S.WITHDRAWN}),
    # Back to SUBMITTED: an officer has the machine look again, when a register has come back.
    S.IN_REVIEW: frozenset({S.SUBMITTED, S.GRANTED, S.REFUSED, S.SUPPLEMENTING, S.WITHDRAWN}),
    S.SUPPLEMENTING: frozenset({S.SUBMITTED, S.IN_REVIEW, S.WITHDRAWN}),
    S.GRANTED: frozenset(),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


class DecisionKind(models.TextChoices):
    """What was decided."""

    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予批准"


class Maker(models.TextChoices):
    """Who decided: the machine grants, it never refuses."""

    SYSTEM = "system", "系统自动"
    OFFICER = "officer", "审批人员"


class ClockKind(models.TextChoices):
    """Acts that move the clock (行政许可法 art. 42, 45)."""

    START = "start", "受理"
    PAUSE = "pause", "暂停计时"
    RESUME = "resume", "恢复计时"
    EXTEND = "extend", "延长"
    STOP = "stop", "办结"


class EvidenceKind(models.TextChoices):
    """How a material was met."""

    CERTIFICATE = "certificate", "电子证照"
    REGISTER = "register", "数据共享"
    FORM = "form", "在线填写"
    COMMITMENT = "commitment", "告知承诺"
    UPLOAD = "upload", "上传的文件"
    OWED = "owed", "由工作人员核对"


class BackTestState(models.TextChoices):
    """How far a back-test (回测) has come; OUTDATED: the draft was saved meanwhile, so it says nothing any more."""

    WAITING = "waiting", "等待开始"
    RUNNING = "running", "正在回测"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"
    OUTDATED = "outdated", "草稿已改动"
    FAILED = "failed", "没有完成"


UNDER_WAY = (BackTestState.WAITING, BackTestState.RUNNING)
