"""An organisation comes into being, with a free credit code (GB 32100) and who may act for it; its name; its end."""

from __future__ import annotations

from datetime import date

from django.db import connection

from accounts.models import ActingRight, Organisation, Person
from common.errors import DomainError
from common.identifiers import make_credit_code
from records import journal


class NameInUse(DomainError):
    """An active organisation bears the name (市场主体登记管理条例 art. 10)."""

    message = "这个名称刚刚被别人登记了，不能再登记。请换一个名称。"


class OrganisationClosed(DomainError):
    """A body that has ended takes no part any more (民法典 art. 68, 72): nothing is filed, named or issued for it."""

    message = "这家单位已经注销，不能再办事。它的办件和证照还可以查看。"


def create(
    *,
    name: str,
    kind: str,
    prefix: str,
    division: str,
    operator: Person,
    source: str,
    actor: str,
    on: date,
    is_demo: bool = False,
) -> Organisation:
    """Create the organisation in the caller's transaction; `source` names the decision, so it is created once."""
    _require_free(name)
    organisation = Organisation.objects.create(
        credit_code=_free_credit_code(prefix, division),
        name=name,
        kind=kind,
        source=source,
        is_demo=is_demo,
    )
    ActingRight.objects.create(
        person=operator, organisation=organisation, role=ActingRight.Role.OPERATOR, valid_from=on
    )
    journal.note(
        stream=f"organisation:{organisation.credit_code}",
        act="organisation_created",
        actor=actor,
        subject=str(organisation.pk),
        details={"source": source},
    )
    return organisation


def rename(organisation: Organisation, *, name: str, source: str, actor: str) -> None:
    """Give an organisation another name in the caller's transaction; raises NameInUse. Its own name changes nothing."""
    if name == organisation.name:
        return
    _require_free(name)
    organisation.name = name
    organisation.save(update_fields=["name"])
    journal.note(
        stream=f"organisation:{organisation.credit_code}",
        act="organisation_renamed",
        actor=actor,
        subject=str(organisation.pk),
        details={"source": source},
    )


def close(organisation: Organisation, *, source: str, actor: str, on: date) -> None:
    """End the organisation in the caller's transaction; `source` names the decision. Raises OrganisationClosed.

    Who may act for it keeps reading what was its own; the locked row lets nobody file a case for it meanwhile.
    """
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    require_active(locked)
    locked.status, locked.closed_on, locked.closed_by = Organisation.Status.CANCELLED, on, source
    locked.save(update_fields=["status", "closed_on", "closed_by"])
    journal.note(
        stream=f"organisation:{locked.credit_code}",
        act="organisation_closed",
        actor=actor,
        subject=str(locked.pk),
        details={"source": source},
    )


def require_active(organisation: Organisation) -> None:
    """Raise OrganisationClosed for one that has ended."""
    if organisation.closed:
        raise OrganisationClosed


def _require_free(name: str) -> None:
    """Refuse a name somebody got a moment ago: whoever creates one waits here for the other to commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"organisation name {name}"])
    if Organisation.objects.filter(name=name, status=Organisation.Status.ACTIVE).exists():
        raise NameInUse


def _free_credit_code(prefix: str, division: str) -> str:
    """Return a code nobody has: imported organisations may already hold one of ours."""
    while True:
        code = make_credit_code(prefix, division=division, sequence=_next_serial())
        if not Organisation.objects.filter(credit_code=code).exists():
            return code


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('accounts_credit_code')")
        (serial,) = cursor.fetchone() or (0,)
    return int(serial)
