"""Labels of language models, put beside what people said in the log. Asks no model; a person's word always stands.

What a model was asked leaves the queue, also where it could not say, so that the next run is asked the next ones.
"""

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from app import annotation_queue_rows, consent
from app.annotation_queue_rows import UNJUDGED
from app.models import Exposure, Turn, UtilityLabel
from app.models_training import Annotation
from app.schemas_training import ModelLabel, ModelLabelsCreate, ModelLabelsPublic


async def take(session: AsyncSession, asked: ModelLabelsCreate) -> ModelLabelsPublic:
    """Keep the labels of passages that nobody has judged, each with its method, its model and its cost."""
    given = {label.exposure_id: label for label in asked.labels}
    agreed = await consent.consenting(session)
    found = await annotation_queue_rows.find(session, agreed, given)
    readable = await consent.readable(session, agreed, [exposure for exposure, _ in found.values()])
    judged = await annotation_queue_rows.labelled_by_people(session, readable)
    judged |= set(await annotation_queue_rows.verdicts(session, {found[one][1].id for one in readable})) & readable
    rows = {
        _id(label, asked): _row(label, asked, *found[one]) for one, label in given.items() if one in readable - judged
    }
    known = await annotation_queue_rows.known(session, rows)
    session.add_all([row for identity, row in rows.items() if identity not in known])
    return ModelLabelsPublic(
        kept=len(rows) - len(known), known=len(known), judged=len(judged), closed=len(given) - len(readable)
    )


def _id(label: ModelLabel, asked: ModelLabelsCreate) -> str:
    """Derived, so that the same word of the same model cannot be two rows."""
    return str(uuid.uuid5(uuid.UUID(label.exposure_id), f"label {asked.method} {asked.model_version}"))


def _row(label: ModelLabel, asked: ModelLabelsCreate, exposure: Exposure, turn: Turn) -> UtilityLabel | Annotation:
    if label.utility is None:
        return Annotation(id=_id(label, asked), exposure_id=exposure.id, said=UNJUDGED)
    return UtilityLabel(
        id=_id(label, asked),
        exposure_id=exposure.id,
        question=turn.standalone_question or turn.question,
        passage_id=exposure.passage_id,
        utility=label.utility,
        method=asked.method,
        model_version=asked.model_version,
        cost_tokens=label.cost_tokens,
    )
