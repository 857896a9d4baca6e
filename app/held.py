"""Rows of preferences as the learner and the recall know them. Pure."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.models_preferences import Preference, PreferenceEvidence
from app.rules import rule_of
from personalization import ports
from personalization.ports import Transformation, Vectors

log = logging.getLogger(__name__)

DESCRIBED = "described"  # the kind of transformation that only a model can follow


@dataclass(frozen=True)
class Held:
    """One transformation of a row; a statement may ask for several things at once."""

    row: Preference
    preference: ports.Preference


def is_fixed(row: Preference) -> bool:
    """Whether the person said so themselves: no edit changes it, and it holds wherever its scope does."""
    return row.pinned or row.source == "stated"


def is_honoured(row: Preference, follows_rules: bool) -> bool:
    """Whether all of it takes effect with a model that follows instructions, or does not; what is of another release
    never does."""
    if rule_of(row) is not None:  # which documents are searched is no business of the model
        return True
    wishes = transformations_of(row)
    if len(wishes) < len(row.parameters):
        return False
    from personalization.honouring import can_be_done

    done = bool(wishes) and all(
        getattr(wish, "honoured", wish.key != DESCRIBED) and can_be_done(wish) for wish in wishes
    )
    return follows_rules or done


def held(
    rows: Sequence[Preference], vectors: Sequence[Vectors], evidence: Sequence[PreferenceEvidence] = ()
) -> list[Held]:
    """Every transformation of every row, with its evidence in the order given; vectors[i] is of rows[i]."""
    supporting: Mapping[str, list[str]] = {row.id: [] for row in rows}
    against: Mapping[str, list[str]] = {row.id: [] for row in rows}
    for heard in evidence:
        (supporting if heard.supports else against).get(heard.preference_id, []).append(heard.edit_id)
    return [
        Held(row, _known(row, vector, transformation, tuple(supporting[row.id]), tuple(against[row.id])))
        for row, vector in zip(rows, vectors, strict=True)
        for transformation in transformations_of(row)
    ]


def transformations_of(row: Preference) -> list[Transformation]:
    """What the row asks for; without those that this release does not know."""
    from personalization.transformations import restore

    found = []
    for parameters in row.parameters:
        try:
            found.append(restore(parameters))
        except ValueError as error:  # of another release: the description is still there for the person and the model
            log.warning("preference %s has no effect: %s", row.id, error)
    return found


def is_told(row: Preference) -> bool:
    """Whether it is a wish in the person's own words that only a model can follow, and no learner knows."""
    described = all(one.get("kind") == DESCRIBED for one in row.parameters)
    return described and (row.source == "stated" or not row.parameters)


def _known(
    row: Preference, vector: Vectors, wish: Transformation, supporting: tuple[str, ...], against: tuple[str, ...]
) -> ports.Preference:
    # A scope says where it holds, and better than the question it was learned from.
    where = np.zeros_like(vector) if is_fixed(row) or row.scope else vector
    return ports.Preference(wish, where, supporting, against, 1.0 if is_fixed(row) else row.confidence)
