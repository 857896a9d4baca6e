"""Questions annotated by the machines of a cluster. Knows no engine and no method."""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from app import adapters
from app.cluster import ClusterError, spread, told
from app.settings import Settings
from evaluation.progress import progress
from generation.port import LanguageModel
from training.annotation import Annotator, Asked, UtilityLabel, annotate
from training.annotation_run import Elsewhere


class AnnotatingThere:
    """What annotates on a machine of the cluster, with a model of its own."""

    def __init__(self, annotator: Annotator, model: LanguageModel) -> None:
        self._annotator, self._model = annotator, model

    async def do(self, asked: Asked) -> tuple[str, list[UtilityLabel]]:
        """The model's version, and the labels."""
        return self._model.version, await annotate(self._annotator, asked, self._model)


async def begin_there(settings: Settings, annotator: Annotator) -> AnnotatingThere:
    adapters.fetch_models(settings)
    return AnnotatingThere(annotator, adapters.make_model(settings))


def on_cluster(settings: Settings, annotator: Annotator, address: str | None) -> Elsewhere:
    """Raises ClusterError when it is asked."""
    version = adapters.make_model(settings).version
    begin = partial(begin_there, told(settings), annotator)

    async def labels(questions: Sequence[Asked]) -> AsyncIterator[tuple[int, list[UtilityLabel]]]:
        with progress(f"annotating on the cluster ({annotator.method})", len(questions)) as advance:
            async for place, (used, made) in spread(address, begin, questions):
                if used != version:
                    raise ClusterError(f"the cluster asks {used}, and this machine {version}: install the same on all")
                yield place, made
                advance()

    return labels
