"""Where sources that an answer did not read are shown: by rank, and now and then one place off. Knows no click.

Without a little chance in the order, nobody can tell whether a source is opened because it helps or because it stands
first. Neighbours change places as in FairPairs (Radlinski and Joachims 2006), each pair with a small chance, and the
log says how likely each place was. What the answer read keeps its number and its place.
"""

import random
from collections.abc import Sequence

from app.models import ExposureFields


def placed(exposures: Sequence[ExposureFields], rate: float, rng: random.Random) -> list[ExposureFields]:
    """The exposures in the order of their ranks, of which those that nothing read may have changed by one place.

    `rate`, in [0, 1]: the chance that the two of a pair change places; 0 leaves everything as it was found.
    """
    unread = sorted((one for one in exposures if one.marker is None), key=lambda one: one.rank)
    ranks = [one.rank for one in unread]
    if rate > 0:
        order = _swapped(len(unread), rate, rng)
        for place, origin in enumerate(order):
            unread[origin].rank = ranks[place]
            unread[origin].propensity = _chance(origin, place, len(unread), rate)
    return sorted(exposures, key=lambda one: one.rank)


def _swapped(count: int, rate: float, rng: random.Random) -> list[int]:
    """Places 0 to count - 1; chance says whether (0, 1), (2, 3), ... or (1, 2), (3, 4), ... are the pairs."""
    order = list(range(count))
    for first in range(rng.randrange(2), count - 1, 2):
        if rng.random() < rate:
            order[first], order[first + 1] = order[first + 1], order[first]
    return order


def _chance(origin: int, place: int, count: int, rate: float) -> float:
    """How likely what was found at `origin` came to `place`: each neighbour is its partner half of the time."""
    if place != origin:
        return rate / 2
    neighbours = (origin > 0) + (origin < count - 1)
    return 1 - neighbours * rate / 2
