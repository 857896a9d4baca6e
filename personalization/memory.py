"""What is known of a person: how an edit changes it, and what of it holds here. Knows neither SQL nor models.

A preference holds where `vector @ here` is large enough. Its vector comes from ridge regression on the contexts of the
edits that it made cheaper (+1) and dearer (-1), so evidence against it in another kind of context narrows its reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from personalization.explanation import Propose, Weighted, explain, total
from personalization.ports import ContextEdit, Guidance, Preference, Transformation, Vectors
from personalization.precedence import gives_way
from personalization.proposals import copied, distinct, identity, proposals
from personalization.replay import DECAY, Replay, lower_bound
from personalization.transformations import rendering

# vector @ here from which a preference holds: the widest reach with which, on 80 questions of eight kinds written for
# this, what was learned in one kind holds for at most 2 % of the others, after one edit as after seven.
HOLDS = 0.3
SURE = 0.4  # confidence from which a preference is used
KEPT = 0.2  # confidence below which a preference is forgotten
STATED = 1.0  # confidence of what the person said: no evidence reaches it, and none takes it away
AT_ONCE = 16  # preferences of one answer at most: each one more costs time after its last word
_RIDGE = 0.5
_NEAR, _CLOSE = 8, 0.3  # how many earlier edits are replayed, and their least cosine
_LETTERS = 6000  # of drafts that are replayed: long ones are few, so that learning stays quick
_REMEMBERED = 500  # edits that count as evidence
_ALIKE = 0.15  # share of its cost that a new explanation saves on an edit of the same style


@dataclass(frozen=True)
class Chosen:
    """What holds in one context; `used` are indices into the preferences that were known."""

    guidance: Guidance
    used: tuple[int, ...] = ()


def guide(known: Sequence[Preference], here: Vectors, asked: Sequence[Transformation] = ()) -> Chosen:
    """What holds for the context with the unit vector `here`, shape (dimension,): of each key the nearest one, the
    nearest `AT_ONCE` of these. What is `asked` for here comes before all, and what was stated before what was learned.
    """
    ranked = []
    for at, score in _holding(known, here, HOLDS):
        if (sure := known[at].confidence) >= SURE:
            ranked.append((-(np.inf if sure >= STATED else score) * sure, at))
    said, best = list(asked), dict[str, int]()
    for _, at in sorted(ranked):
        one = known[at].transformation
        if one.key in best or any(gives_way(one, first) for first in said):
            continue
        best[one.key] = at
        said += [one] if known[at].confidence >= STATED else []
        if len(best) == AT_ONCE:
            break
    used = tuple(sorted(best.values()))
    if not used:
        return Chosen(Guidance())
    chosen = [known[at].transformation for at in used]
    return Chosen(Guidance("; ".join(one.description for one in chosen), render=rendering(chosen)), used)


def _holding(known: Sequence[Preference], here: Vectors, least: float) -> list[tuple[int, float]]:
    if not known:
        return []
    vectors = np.stack([one.vector for one in known])
    scores = np.where(vectors.any(axis=1), vectors @ here, np.inf)
    return [(int(at), float(scores[at])) for at in np.flatnonzero(scores >= least)]


def learn(
    known: Sequence[Preference], edits: Sequence[ContextEdit], new: ContextEdit, propose: Propose = proposals
) -> list[Preference]:
    """All preferences after `new`, given those before it and the person's `edits` without it, oldest first.

    Those of before come first, in their order, as far as they are kept."""
    replay, past = Replay(), list(edits)[-_REMEMBERED:]
    here = [known[at].transformation for at, _ in _holding(known, new.vector, HOLDS / 2)]
    near = _nearest(past, new)
    found = explain(replay, [Weighted(new, 1.0)], here, propose)
    alike = [one for one in near if _explains(replay, found, one.edit)]
    if alike:
        found = explain(replay, [Weighted(new, 1.0), *alike], [*here, *found], propose)
    judge = _Judge(replay, new, tuple(one.edit for one in alike), tuple(found), tuple(known))
    others = [one.edit for one in near if one not in alike]
    before = {identity(one.transformation): one for one in known}
    for transformation in distinct([*here, *found]):
        name = identity(transformation)
        fresh = Preference(transformation, np.zeros_like(new.vector), ())
        before[name] = judge.judged(before.get(name, fresh), others if name not in before else ())
    place = {edit.id: at for at, edit in enumerate([*past, new])}
    vectors = np.stack([edit.vector for edit in [*past, new]])
    changed = {identity(one) for one in [*here, *found]}
    fitted = [_fitted(one, place, vectors) if name in changed else one for name, one in before.items()]
    return [one for one in fitted if one.confidence >= KEPT]


def _nearest(past: Sequence[ContextEdit], new: ContextEdit) -> list[Weighted]:
    """The earlier edits from contexts most like the new one's, nearest first; a later one weighs more."""
    if not past:
        return []
    closeness = np.stack([edit.vector for edit in past]) @ new.vector
    order = sorted(range(len(past)), key=lambda at: (-closeness[at], -at))[:_NEAR]
    near = [Weighted(past[at], float(closeness[at])) for at in order if closeness[at] >= _CLOSE]
    letters = accumulate(len(one.edit.written) for one in near)
    return [one for at, (one, read) in enumerate(zip(near, letters, strict=True)) if not at or read <= _LETTERS]


def _explains(replay: Replay, found: Sequence[Transformation], edit: ContextEdit) -> bool:
    """Whether what explains the new edit explains this one too, if only in part: then both have one style."""
    one = [Weighted(edit, 1.0)]
    left = total(replay, one, [])
    return bool(found) and left - total(replay, one, found) > _ALIKE * left


@dataclass(frozen=True)
class _Judge:
    """Says of an edit whether a transformation made it cheaper, in the company that is right there."""

    replay: Replay
    new: ContextEdit
    alike: tuple[ContextEdit, ...]
    found: tuple[Transformation, ...]
    known: tuple[Preference, ...]

    def judged(self, preference: Preference, others: Sequence[ContextEdit]) -> Preference:
        """The preference with its evidence; edits are newest last once it is fitted."""
        supporting, against = dict.fromkeys(preference.supporting), dict.fromkeys(preference.against)
        for edit in (*others, *self.alike, self.new):
            own = edit is self.new or edit in self.alike
            company = self.found if own else self._company(edit)
            gain = self.replay.gain(edit, preference.transformation, company)
            if gain > 0 and copied(preference.transformation, edit.written):
                gain = 0
            supporting.pop(edit.id, None)
            against.pop(edit.id, None)
            if gain:
                (supporting if gain > 0 else against)[edit.id] = None
        return replace(preference, supporting=tuple(supporting), against=tuple(against))

    def _company(self, edit: ContextEdit) -> list[Transformation]:
        return [one.transformation for one in self.known if edit.id in one.supporting]


def _fitted(preference: Preference, place: dict[str, int], vectors: Vectors) -> Preference:
    """Vector and confidence from the evidence. What a person stated keeps both."""
    supporting = sorted((one for one in preference.supporting if one in place), key=place.__getitem__)
    against = sorted((one for one in preference.against if one in place), key=place.__getitem__)
    evidence = replace(preference, supporting=tuple(supporting), against=tuple(against))
    if preference.confidence >= STATED:
        return evidence
    if not supporting:
        return replace(evidence, confidence=0.0)
    outcomes = sorted([(place[one], True) for one in supporting] + [(place[one], False) for one in against])
    contexts = vectors[[at for at, _ in outcomes]]
    vector = _direction(contexts, np.array([1.0 if success else -1.0 for _, success in outcomes]))
    within = contexts @ vector >= HOLDS
    sure = lower_bound([success for (_, success), inside in zip(outcomes, within, strict=True) if inside])
    return replace(evidence, vector=vector, confidence=sure)


def _direction(contexts: Vectors, targets: npt.NDArray[np.float64]) -> Vectors:
    """Weighted ridge regression without intercept, in its dual form; `contexts` (n, dimension), oldest first.

    Scaled so that the contexts in favour reach 1 on average, for more of the same evidence must not widen the reach,
    but no longer than one of them: contexts unlike each other would else reach what is like none of them."""
    weights = DECAY ** np.arange(len(targets) - 1, -1, -1)
    kernel = contexts @ contexts.T + np.diag(_RIDGE / np.maximum(weights, 1e-3))
    direction: Vectors = (contexts.T @ np.linalg.solve(kernel, targets)).astype(np.float32)
    level = float((contexts[targets > 0] @ direction).mean())
    longest = max(level, float(np.linalg.norm(direction)))
    return direction / np.float32(longest) if level > 0 else direction
