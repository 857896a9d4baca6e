"""What a learner concluded becomes rows: who stays, who changes, who comes and goes."""

from datetime import timedelta

import numpy as np

from app.held import held
from app.models import utc_now
from app.models_preferences import Edit, Preference
from app.reconciling import Known, Outcome, reconcile
from personalization import ports
from personalization.transformations import restore

PLAIN = {"kind": "dimension", "dimension": "contractions", "use": False}
CONTRACTED = {"kind": "dimension", "dimension": "contractions", "use": True}
NOW = utc_now()
EDIT = Edit(id="e2", person_id="ann", turn_id="t", draft="", text="", cost=1, context="Where?", created_at=NOW)
NOWHERE = np.zeros(4, np.float32)


def row(parameters: dict[str, object], **values: object) -> Preference:
    made = Preference(id="p", person_id="ann", key="dimension:contractions", description="as it was", confidence=0.5)
    made.parameters = [parameters]
    for name, value in values.items():
        setattr(made, name, value)
    return made


def after(rows: list[Preference], *found: ports.Preference) -> Outcome:
    live = [one for one in rows if one.forgotten_at is None]
    known = held(live, [NOWHERE] * len(live))
    return reconcile(EDIT, Known(rows, known, "hash", {"e1": NOW - timedelta(1), "e2": NOW}), found)


def wish(parameters: dict[str, object], *supporting: str, against: tuple[str, ...] = ()) -> ports.Preference:
    return ports.Preference(restore(parameters), NOWHERE, supporting, against, 0.8)


def test_what_is_wanted_otherwise_now_is_the_same_preference_and_remembers_what_it_was() -> None:
    known = row(PLAIN, active=False, scope="e-mails")
    outcome = after([known], wish(CONTRACTED, "e1", "e2"))
    assert outcome.rows == [known] and outcome.retired == [] and outcome.taught
    assert (known.parameters, known.active, known.scope) == ([CONTRACTED], False, "e-mails")
    assert known.previous == {"edit_id": "e2", "description": "as it was", "parameters": [PLAIN]}


def test_what_the_learner_gave_up_is_retired_and_comes_back_as_itself() -> None:
    known = row(PLAIN)
    assert after([known]).retired == ["p"]
    known.superseded_by = "e1"
    outcome = after([known], wish(PLAIN, "e2"))
    assert outcome.rows == [known] and not known.superseded_by


def test_what_the_person_said_is_changed_by_no_edit_and_only_gathers_evidence() -> None:
    known = row(PLAIN, source="stated", pinned=True, confidence=1.0)
    outcome = after([known], wish(PLAIN, "e2", against=("e1",)))
    assert outcome.rows == [] and outcome.evidence == {"p": {"e1": False, "e2": True}} and outcome.taught
    assert after([known]).retired == []


def test_an_answer_that_was_kept_is_no_evidence_to_store_and_nothing_is_kept_without_any() -> None:
    outcome = after([], wish(PLAIN, "a turn"))
    assert (outcome.rows, outcome.evidence, outcome.taught) == ([], {}, False)


def test_what_was_deleted_is_not_learned_from_edits_of_before() -> None:
    gone = row({}, forgotten_at=NOW - timedelta(hours=1), description="")
    assert after([gone], wish(PLAIN, "e1")).rows == []
    (learned,) = after([gone], wish(PLAIN, "e1", "e2")).rows
    assert learned.id != "p"
    assert after([gone], wish(PLAIN, "e1", "e2")).evidence.popitem()[1] == {"e2": True}
