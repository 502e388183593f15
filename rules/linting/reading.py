"""Reading conditions without judging: exactly which facts, certificates and registers a set needs."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias, cast

from pydantic import BaseModel

from rules.judging.outcomes import OutcomeTable
from rules.judging.tracing import derivations_for
from rules.language.checks import Check
from rules.language.tree import Node, facts_named
from rules.language.vocabulary import Vocabulary

Readable: TypeAlias = Node | Check | OutcomeTable
Readables: TypeAlias = Readable | Iterable[Readable] | None
_DERIVED = "derived."


def facts_needed(*things: Readables, vocabulary: Vocabulary | None = None) -> frozenset[str]:
    """Return every fact named by conditions, checks and tables.

    With a vocabulary, derived facts are replaced by what they follow from: exactly what must be fetched.
    """
    named = frozenset[str]().union(*(facts_named(condition) for condition in _conditions(things)))
    if vocabulary is None:
        return named
    needed = derivations_for(named, vocabulary=vocabulary)
    origins = {name for derivation in needed for name in derivation.origins}
    return frozenset(name for name in named | origins if not name.startswith(_DERIVED))


def certificates_needed(*things: Readables, vocabulary: Vocabulary | None = None) -> frozenset[str]:
    """Return the certificate slugs of `cert.<slug>.<field>` facts."""
    return second_parts(facts_needed(*things, vocabulary=vocabulary), kind="cert")


def registers_needed(*things: Readables, vocabulary: Vocabulary | None = None) -> frozenset[str]:
    """Return the register names of `register.<name>.<field>` facts."""
    return second_parts(facts_needed(*things, vocabulary=vocabulary), kind="register")


def second_parts(names: Iterable[str], *, kind: str) -> frozenset[str]:
    """Return the second part of names whose first part is `kind`."""
    return frozenset(name.split(".")[1] for name in names if name.startswith(f"{kind}."))


def _conditions(things: Iterable[object]) -> Iterator[Node]:
    for thing in things:
        if isinstance(thing, Check):
            yield thing.condition
        elif isinstance(thing, OutcomeTable):
            yield from (row.when for row in thing.rows if row.when is not None)
        elif isinstance(thing, BaseModel):
            yield cast("Node", thing)
        elif thing is not None:
            yield from _conditions(cast("Iterable[object]", thing))
