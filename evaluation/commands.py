"""The commands `attune eval ...` and `attune bench ...`. A suite is imported only when its command runs."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import report
from evaluation.errors import EvaluationError

eval_commands = typer.Typer(no_args_is_help=True, help="Measure quality on data sets.")
bench_commands = typer.Typer(no_args_is_help=True, help="Measure speed, as ratios to the raw engines.")

Json = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]
Data = Annotated[list[Path], typer.Option("--data", help="A data set's folder; may be repeated.", exists=True)]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Take an even sample of so many questions.")]


@eval_commands.command("retrieval")
def eval_retrieval(
    data: Data,
    limit: Limit = None,
    retriever: Annotated[str | None, typer.Option(help="Folder of an encoder, in place of the stock one.")] = None,
    as_json: Json = False,
) -> None:
    """nDCG, recall and MRR of the retriever, beside BM25 and the encoder alone."""
    from evaluation import retrieval_suite

    _report(retrieval_suite.evaluate(data, limit, retriever), as_json)


@eval_commands.command("answers")
def eval_answers(
    data: Data,
    limit: Limit = None,
    source: Annotated[str | None, typer.Option(help="passages or corpus")] = None,
    selector: Annotated[str, typer.Option(help="none or encoder")] = "encoder",
    generator: Annotated[str, typer.Option(help="stock")] = "stock",
    as_json: Json = False,
) -> None:
    """Accuracy, F1, citations and abstention of whole turns, beside three baselines."""
    from evaluation import answers_suite

    _report(answers_suite.evaluate(data, limit, source, selector, generator), as_json)


@eval_commands.command("documents")
def eval_documents(data: Data, limit: Limit = None, as_json: Json = False) -> None:
    """Ingest files, answer questions about them, and check the page that is found and cited."""
    from evaluation import documents_suite

    _report(documents_suite.evaluate(data, limit), as_json)


@bench_commands.command("ingest")
def bench_ingest(
    data: Annotated[
        Path | None, typer.Option(help="Ingest the files of this folder, not self-made ones.", exists=True)
    ] = None,
    as_json: Json = False,
) -> None:
    """The whole ingest against the raw encoder."""
    from evaluation import bench_ingest as bench

    _report(bench.measure(data), as_json)


@bench_commands.command("retrieve")
def bench_retrieve(passages: Annotated[int, typer.Option(min=1)] = 100_000, as_json: Json = False) -> None:
    """A filtered search over many passages, beyond encoding the query."""
    from evaluation import bench_retrieve as bench

    _report(bench.measure(passages), as_json)


@bench_commands.command("turn")
def bench_turn(as_json: Json = False) -> None:
    """What a turn costs outside the models, and the first token against the bare model."""
    from evaluation import bench_turn as bench

    _report(bench.measure(), as_json)


def _report(figures: Coroutine[Any, Any, dict[str, Any]], as_json: bool) -> None:
    report(figures, as_json, EvaluationError)
