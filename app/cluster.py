"""The only module that knows ray: work that the machines of a cluster share. Knows nothing of what the work is."""

import asyncio
import logging
import math
import os
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Annotated, Any, Literal, Protocol

import typer
from pydantic import SecretStr

from app.settings import Settings

Engine = Annotated[Literal["local", "ray"], typer.Option(help="local: this machine; ray: the machines of a cluster.")]
Address = Annotated[
    str | None,
    typer.Option(help="With --engine ray, the cluster: auto, or HOST:PORT. Without it one is started on this machine."),
]
BATCH = 8  # items that a process works on at once, and that are lost with it


class ClusterError(Exception):
    """The cluster cannot be used, or the work failed there; the message names the remedy."""


class Worker(Protocol):
    """Lives in one process of the cluster for as long as the work lasts."""

    async def do(self, item: Any) -> Any: ...


def told(settings: Settings) -> Settings:
    """What the cluster may know of the settings: what it reads files and asks models with, and no secret but the model
    server's."""
    secrets = {name for name in Settings.model_fields if isinstance(getattr(settings, name), SecretStr)}
    return settings.model_copy(update=dict.fromkeys(secrets - {"llm_api_key"} | {"database_url"}))


async def spread(
    address: str | None, make: Callable[[], Awaitable[Worker]], items: Sequence[Any]
) -> AsyncIterator[tuple[int, Any]]:
    """The result of each item by its place among them, as they come.

    `make` runs once in each process that works; it, items and results travel as pickles. Raises ClusterError: the first
    failure ends all."""
    if not items:
        return
    rows, leave = await asyncio.to_thread(_begin, address, make, items)
    try:
        while (row := await asyncio.to_thread(_next, rows)) is not None:
            worked, done = pickle.loads(row["done"])  # noqa: S301 - ray moves pickles itself; our own processes made it
            if not worked:
                raise ClusterError(f"the work failed on the cluster: {done}")
            yield int(row["place"]), done
    finally:
        await asyncio.to_thread(leave)


def _begin(
    address: str | None, make: Callable[[], Awaitable[Worker]], items: Sequence[Any]
) -> tuple[Iterator[dict[str, Any]], Callable[[], None]]:
    try:
        import ray
        import ray.data
    except ImportError:
        raise ClusterError("--engine ray needs the extra `ray`: pip install 'attune[ray]'") from None
    leave: Callable[[], None] = lambda: None  # noqa: E731 - whoever connected before us leaves
    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told what is done here
        logging.getLogger("ray.data").setLevel(logging.WARNING)
        own: dict[str, Any] = {} if address else {"include_dashboard": False}
        try:
            ray.init(address=address or "local", log_to_driver=False, configure_logging=False, **own)
        except (ConnectionError, ValueError, RuntimeError) as error:
            where = f"at {address}" if address else "to be had on this machine"
            raise ClusterError(f"there is no cluster {where} ({error}): start one (`ray start --head`)") from error
        leave = ray.shutdown
    ray.data.DataContext.get_current().enable_progress_bars = False
    blocks = math.ceil(len(items) / BATCH)
    most = max(1, min(blocks, int(ray.cluster_resources().get("CPU", 1))))
    rows = [{"place": place, "item": pickle.dumps(item)} for place, item in enumerate(items)]
    dataset = ray.data.from_items(rows, override_num_blocks=blocks).map_batches(
        _Process,
        fn_constructor_args=(make,),
        batch_size=None,  # a block
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=most),
        num_cpus=1,
    )
    return iter(dataset.iter_rows()), leave


def _next(rows: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    import ray

    try:
        return next(rows, None)
    except ray.exceptions.RayError as error:
        raise ClusterError(f"the cluster gave up: {str(error).strip().splitlines()[-1]}") from error


class _Process:
    """What ray keeps in a process: a worker, and the loop that it lives in."""

    def __init__(self, make: Callable[[], Awaitable[Worker]]) -> None:
        async def begin() -> Worker:
            return await make()

        self._runner = asyncio.Runner()
        self._worker = self._runner.run(begin())

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"place": batch["place"], "done": self._runner.run(self._all(batch["item"]))}

    async def _all(self, items: Sequence[bytes]) -> list[bytes]:
        return list(await asyncio.gather(*(self._one(item) for item in items)))

    async def _one(self, item: bytes) -> bytes:
        try:
            done = True, await self._worker.do(pickle.loads(item))  # noqa: S301 - made by `_begin`
        except Exception as error:  # told where the command runs, as one line
            done = False, f"{type(error).__name__}: {error}"
        return pickle.dumps(done)
