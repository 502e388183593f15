"""Whose account it is that came from the identity platform: found by the ID number's hash, never by e-mail."""

from __future__ import annotations

import uuid

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import actors, registering
from accounts.models import Person, User
from accounts.registering import NewPerson
from accounts.signing import platform
from accounts.signing.claiming import Identity
from common.errors import DomainError
from common.identifiers import InvalidIdentifier, mobile, resident_id
from records import journal
from records.hashing import HashKind, keyed, normalised


class NotVerified(DomainError):
    """Whom the platform has not verified may be anybody who typed a number."""

    status = 422
    message = (
        "您在省统一身份认证平台还没有实名认证，不能登录办事。"
        "请先在平台上完成实名认证，再回来登录；也可以带身份证到政务服务中心窗口办。"
    )


class NotTheSame(DomainError):
    """Name, number and what was known before do not go together."""

    status = 409
    message = (
        "省统一身份认证平台给出的姓名、证件号码和我们登记的不一致，为了保护您的个人信息，没有登录。"
        "请带身份证到政务服务中心窗口核对，或拨打 12345。"
    )


class Closed(DomainError):
    """The account was closed."""

    status = 422
    message = "您的账号已经停用，不能登录。请拨打 12345，或到政务服务中心窗口。"


@transaction.atomic
def come_in(identity: Identity) -> User:
    """Return the account of this person, made when there is none. Raises NotVerified, NotTheSame, Closed."""
    if identity.level < Person.RealNameLevel.NAME_AND_NUMBER:
        raise NotVerified
    person = _person(identity)
    uid = keyed(HashKind.BEARER, f"{platform.ID} {identity.subject}").hex()
    linked = SocialAccount.objects.filter(provider=platform.ID, uid=uid).first()
    if linked is not None and linked.user_id != person.user_id:
        raise NotTheSame  # what the platform calls one person now bears another's number
    user = person.user or _account(person)
    if not user.is_active:
        raise Closed
    if linked is None:
        SocialAccount.objects.create(user=user, provider=platform.ID, uid=uid, extra_data={})
        _note(user, "identity_linked")
    return user


def _person(identity: Identity) -> Person:
    try:
        number = resident_id(identity.id_number).number
        phone = mobile(identity.mobile) if identity.mobile else ""
    except InvalidIdentifier as error:
        raise NotTheSame from error
    wanted = Person.objects.select_for_update().filter(id_number_hash=keyed(HashKind.RESIDENT_ID, number))
    person = wanted.first()
    if person is None:
        told = NewPerson(identity.name, number, phone, real_name_level=identity.level)
        registering.person(told)
        person = wanted.get()
    if not identity.name or normalised(HashKind.NAME, person.name) != normalised(
        HashKind.NAME, identity.name
    ):
        raise NotTheSame
    if person.real_name_level < identity.level:
        person.real_name_level = identity.level
        person.save(update_fields=["real_name_level"])
    return person


def _account(person: Person) -> User:
    """Open an account without a password: the platform is its only door."""
    user = User.objects.create(
        username=f"p-{uuid.uuid4()}", display_name=person.name, password=make_password(None)
    )
    person.user = user
    person.save(update_fields=["user"])
    _note(user, "account_created")
    return user


def _note(user: User, act: str) -> None:
    journal.note(stream=f"user:{user.pk}", act=act, actor=actors.of_user(user), subject=str(user.pk))
