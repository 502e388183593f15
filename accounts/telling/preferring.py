"""What a person does not want to hear by SMS or e-mail. The portal itself always tells everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction

from accounts import actors
from accounts.models import OptOut, Person
from accounts.states import Channel, Topic
from accounts.telling import wording
from common import clock
from records import journal

Choice = tuple[str, str]  # channel, topic


def optional_topics() -> tuple[Topic, ...]:
    """Return the topics that hold a kind which may be left out, in their order."""
    kinds = wording.kinds().values()
    return tuple(
        topic
        for topic in Topic
        if any(told.topic == topic and told.channels and not told.necessary for told in kinds)
    )


def necessary_topics() -> tuple[Topic, ...]:
    """Return the topics that hold a kind that always goes out: missed deadlines and stolen accounts cost too much."""
    kinds = wording.kinds().values()
    return tuple(topic for topic in Topic if any(told.topic == topic and told.necessary for told in kinds))


def possible(*, without: Collection[str] = ()) -> set[Choice]:
    """Return every choice there is, but for those of some channels."""
    return {
        (str(channel), str(topic))
        for channel in Channel
        if str(channel) not in without
        for topic in optional_topics()
    }


def opted_out(person: Person) -> set[Choice]:
    """Return what a person does not want."""
    rows = OptOut.objects.filter(person=person).order_by("pk")
    return set(rows.values_list("channel", "topic"))


@transaction.atomic
def choose(person: Person, *, wanted: Iterable[Choice]) -> None:
    """Keep what a person wants to get; everything else that may be left out is left out from now on."""
    out = possible() - set(wanted)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    before = opted_out(person)
    if out == before:
        return
    OptOut.objects.filter(person=person).delete()
    OptOut.objects.bulk_create(
        OptOut(person=person, channel=channel, topic=topic, since=clock.now())
        for channel, topic in sorted(out)
    )
    journal.note(
        stream=f"person:{person.pk}",
        act="notices_chosen",
        actor=actors.of_person(person),
        subject=str(person.pk),
        details={"left_out": [f"{channel}:{topic}" for channel, topic in sorted(out)]},
    )
