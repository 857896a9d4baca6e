"""How the chance that a person was content is made, and whether votes bear it out; for operators."""

from collections.abc import Sequence
from statistics import mean

from fastapi import APIRouter, Depends

from app.deps import ServicesDep, require_operator
from app.satisfaction import voted
from app.schemas_satisfaction import Bin, SatisfactionPublic
from personalization.satisfaction import DECLARED, WEIGHTS, calibrated, chance, without_vote

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], dependencies=[Depends(require_operator)])

_BINS = 5


@router.get("/satisfaction")
async def read(services: ServicesDep) -> SatisfactionPublic:
    """Weights, calibration, and the chances of answers with a vote beside what was voted. The calibration is fitted to
    these same votes with two numbers, so expect a little less of new ones."""
    async with services.database.session() as session:
        found = await voted(session)
    calibration = calibrated(found)
    ups = [float(up) for _, up in found]
    foretold = [chance(without_vote(evidence), calibration) for evidence, _ in found]
    declared = [chance(without_vote(evidence), DECLARED) for evidence, _ in found]
    return SatisfactionPublic(
        version=calibration.version,
        weights=dict(WEIGHTS),
        slope=calibration.slope,
        offset=calibration.offset,
        n=len(found),
        brier=_brier(foretold, ups),
        brier_declared=_brier(declared, ups),
        brier_base=_brier([mean(ups)] * len(ups), ups) if ups else None,
        bins=_bins(foretold, ups),
    )


def _brier(foretold: Sequence[float], ups: Sequence[float]) -> float | None:
    return mean((one - up) ** 2 for one, up in zip(foretold, ups, strict=True)) if ups else None


def _bins(foretold: Sequence[float], ups: Sequence[float]) -> list[Bin]:
    places: dict[int, list[tuple[float, float]]] = {}
    for one, up in zip(foretold, ups, strict=True):
        places.setdefault(min(_BINS - 1, int(one * _BINS)), []).append((one, up))
    return [
        Bin(
            above=place / _BINS,
            n=len(held),
            mean_chance=mean(one for one, _ in held),
            share_up=mean(up for _, up in held),
        )
        for place, held in sorted(places.items())
    ]
