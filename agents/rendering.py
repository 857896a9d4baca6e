"""Gives an answer the form that a person likes, and keeps its citations. Knows no model and no prompt."""

import logging
from dataclasses import replace

from agents.citations import cited
from personalization.ports import Recalled

log = logging.getLogger(__name__)


def having_acted(recalled: Recalled, written: str, shaped: str | None, told: bool) -> Recalled:
    """Less the preferences that had no part in an answer: neither was the model told of them, nor were they done."""
    if told:
        return recalled
    if shaped is None:
        return replace(recalled, preference_ids=())
    return replace(recalled, preference_ids=recalled.honoured(written, shaped)) if recalled.honoured else recalled


def rendered(answer: str, recalled: Recalled) -> str | None:
    """The answer as the person likes it; None where that fails, or would cost it all its citations or invent one."""
    if recalled.render is None:
        return None
    try:
        shaped = recalled.render(answer).strip()
    except Exception:  # no form is worth an answer
        log.exception("the preferences %s were not applied", recalled.preference_ids)
        return None
    before, after = set(cited(answer)), set(cited(shaped))
    return shaped if shaped and after <= before and bool(after) == bool(before) else None
