"""What the page of posts shows an admin, and its forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Department, Hall, Post, Region, User
from accounts.posting import Place, misplaced
from common import clock, divisions
from portal.bureau.access import Officer
from portal.web.forms.widgets import DateBoxes

_DATE_WORDS = {"required": "请填写日期。", "invalid": "日期不存在，请核对年、月、日。"}


def posts_under(admin: Officer) -> QuerySet[Post]:
    """Return the posts the admin handles that are held today or begin later, by name."""
    rows = Post.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today()))
    if admin.departments:
        rows = rows.filter(department__in=admin.departments)
    return rows.select_related("user", "department", "hall", "town").order_by("user__display_name", "pk")


def _last_day(value: Any) -> Any:
    if value is not None and value < clock.today():
        raise forms.ValidationError("最后一天不能早于今天。要马上停止，请选“立即停止”。", code="past")
    return value


class UserNameField(forms.CharField):
    """An account by its user name."""

    default_error_messages = {
        "required": "请填写用户名。",
        "unknown": "没有这个用户名，或者账号已停用。请核对。",
    }

    def clean(self, value: Any) -> Any:
        """Return the account, or say that there is none."""
        name = super().clean(value)
        found = User.objects.filter(username=name, is_active=True).first() if name else None
        if name and found is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found


def places_of(admin: Officer) -> dict[str, Place]:
    """Return where an admin can give a post, by what the form sends: their own place, a hall, a town.

    An admin of the whole district gives those of each department, too.
    """
    department = admin.post.department
    places = {"": Place(department, admin.post.hall, admin.post.town)}
    if admin.post.whole_district:
        for body in Department.objects.order_by("name"):
            places[f"department:{body.pk}"] = Place(body)
    for hall in Hall.objects.order_by("name"):
        places[f"hall:{hall.pk}"] = Place(department, hall=hall)
    towns = Region.objects.filter(level=divisions.TOWN, valid_to__isnull=True)
    for town in towns.filter(code__startswith=settings.DIVISION).order_by("code"):
        places[f"town:{town.pk}"] = Place(department, town=town)
    return places


def _place_words(place: Place) -> str:
    held = place.hall or place.town
    if held is not None:
        return held.name
    return place.department.name if place.department is not None else "全区"


def _misplaced(role: Post.Role, place: Place) -> str:
    named = {name: getattr(place, name) is not None for name in ("department", "hall", "town")}
    return misplaced(role, **named)


class AppointForm(forms.Form):
    """Who gets which role where, from when, and until when if that is known."""

    user = UserNameField(label="用户名", max_length=60)
    role = forms.ChoiceField(
        label="岗位",
        choices=Post.Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择岗位。", "invalid_choice": "请从列出的岗位里选。"},
    )
    place = forms.ChoiceField(
        label="在哪里",
        required=False,
        widget=forms.Select(),
        help_text="窗口人员选大厅，镇街人员选镇街。",
        error_messages={"invalid_choice": "请从列出的场所里选。"},
    )
    begins = forms.DateField(label="从哪天起", widget=DateBoxes, error_messages=_DATE_WORDS)
    last_day = forms.DateField(
        label="到哪天为止（没有定可以不填）", widget=DateBoxes, required=False, error_messages=_DATE_WORDS
    )

    def __init__(self, *args: Any, places: Mapping[str, Place], **told: Any) -> None:
        """Offer the places an admin can give."""
        super().__init__(*args, **told)
        self.places = places
        chosen = self.fields["place"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(key, _place_words(place)) for key, place in places.items()]

    def clean_place(self) -> Place:
        """Return the place itself."""
        return self.places[self.cleaned_data["place"]]

    def clean(self) -> dict[str, Any]:
        """A post ends on the day it begins or later."""
        cleaned = super().clean() or {}
        begins, last_day = cleaned.get("begins"), cleaned.get("last_day")
        if begins and last_day and last_day < begins:
            self.add_error("last_day", "最后一天不能早于开始的那天。")
        place, role = cleaned.get("place"), cleaned.get("role")
        if role and place is not None and (wrong := _misplaced(Post.Role(role), place)):
            self.add_error("place", wrong)
        return cleaned

    def clean_begins(self) -> Any:
        """Refuse a past day: what was done before was not done in this post."""
        begins = self.cleaned_data["begins"]
        if begins < clock.today():
            raise forms.ValidationError("不能早于今天。", code="past")
        return begins


class LeaveForm(forms.Form):
    """Until when, and who takes over."""

    at_once = forms.BooleanField(label="立即停止（不再等到最后一天）", required=False)
    last_day = forms.DateField(label="最后一天", widget=DateBoxes, required=False, error_messages=_DATE_WORDS)
    successor = UserNameField(label="接手人的用户名", max_length=60, required=False)

    def clean_last_day(self) -> Any:
        """Refuse a past day."""
        return _last_day(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        """Ask for a day unless it is to end at once."""
        cleaned = super().clean() or {}
        if not cleaned.get("at_once") and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "请填写最后一天，或者选“立即停止”。")
        return cleaned
