"""The learner that knows the canonical dimensions and nothing else: no language model, no rule of a person's own."""

from personalization import dimensions
from personalization.attune import Attune
from personalization.ports import ContextEncoder


class Canonical(Attune):
    """Learner: measured dimensions, validated as all preferences are."""

    def __init__(self, encoder: ContextEncoder) -> None:
        super().__init__(encoder, propose=dimensions.suggest)
