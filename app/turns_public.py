"""A turn and its exposures as they cross the REST door. Reads nothing and knows no HTTP."""

from collections.abc import Sequence

from app.models import ExposureFields, Turn
from app.schemas import CitationPublic, ExposurePublic, TurnPublic


def exposure_public(exposure: ExposureFields) -> ExposurePublic:
    return ExposurePublic(document=exposure.document_name, **exposure.model_dump(include=_EXPOSURE_FIELDS))


def turn_public(turn: Turn, exposures: Sequence[ExposureFields]) -> TurnPublic:
    """A turn with its citations: the cited exposures in the order of their markers."""
    cited = sorted((e for e in exposures if e.cited and e.marker), key=lambda e: e.marker or 0)
    return TurnPublic(
        citations=[
            CitationPublic(
                marker=e.marker or 0,
                exposure_id=e.id,
                document=e.document_name,
                quote=e.text,
                **e.model_dump(include={"passage_id", "document_id", "page", "heading", "kind"}),
            )
            for e in cited
        ],
        exposures=[exposure_public(exposure) for exposure in exposures],
        preferences=list(turn.preference_ids),
        answer=turn.answer if turn.edited_answer is None else turn.edited_answer,
        edited=turn.edited_answer is not None,
        **turn.model_dump(include=_TURN_FIELDS),
    )


_EXPOSURE_FIELDS = set(ExposurePublic.model_fields) - {"document"}
_TURN_FIELDS = set(TurnPublic.model_fields) - {
    "citations",
    "exposures",
    "preferences",
    "answer",
    "edited",
    "comparison",
}
