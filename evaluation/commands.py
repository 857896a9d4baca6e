"""The commands `attune eval ...`. A suite is imported only when its command runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from evaluation.flags import CommonFlags, Data, HeldBack, Limit, RunFolder, SelectorName, command, report_with
from evaluation.injection_command import eval_injection

eval_commands = typer.Typer(no_args_is_help=True, help="Measure quality on data sets.")
eval_commands.command("injection")(eval_injection)


@dataclass(frozen=True, kw_only=True)
class RetrievalFlags(CommonFlags):
    data: Data
    limit: Limit = None
    held_back: HeldBack = False
    retriever: Annotated[
        str | None, typer.Option(help="Folder of a trained retriever, or of an encoder, beside the stock one.")
    ] = None


@eval_commands.command("retrieval")
@command(RetrievalFlags)
def eval_retrieval(flags: RetrievalFlags) -> None:
    """nDCG, recall and MRR of the retriever, beside BM25 and the encoder alone."""
    from evaluation import retrieval_suite

    report_with(retrieval_suite.evaluate(flags.data, flags.limit, flags.retriever, flags.held_back), flags)


@dataclass(frozen=True, kw_only=True)
class AnswersFlags(CommonFlags):
    data: Data
    limit: Limit = None
    held_back: HeldBack = False
    source: Annotated[str | None, typer.Option(help="passages or corpus")] = None
    selector: SelectorName = None
    generator: Annotated[
        str | None, typer.Option(help="stock, shipped, a folder or a version; if left out, what the settings say")
    ] = None
    verifier: Annotated[
        str | None, typer.Option(help="none, shipped, a folder or a version; if left out, what the settings say")
    ] = None
    retriever: Annotated[
        str | None, typer.Option(help="stock, a folder or a version; if left out, what the settings say")
    ] = None
    run: RunFolder = None


@eval_commands.command("answers")
@command(AnswersFlags)
def eval_answers(flags: AnswersFlags) -> None:
    """Accuracy, F1, citations and abstention of whole turns, beside three baselines."""
    from evaluation.answers_suite import Choices, evaluate

    parts = (flags.selector, flags.generator, flags.verifier)
    chosen = Choices(flags.limit, flags.source, *parts, flags.held_back, flags.run, flags.retriever)
    report_with(evaluate(flags.data, chosen), flags)


@dataclass(frozen=True, kw_only=True)
class DocumentsFlags(CommonFlags):
    data: Data
    limit: Limit = None


@eval_commands.command("documents")
@command(DocumentsFlags)
def eval_documents(flags: DocumentsFlags) -> None:
    """Ingest files, answer questions about them, and check the page that is found and cited."""
    from evaluation import documents_suite

    report_with(documents_suite.evaluate(flags.data, flags.limit), flags)


@dataclass(frozen=True, kw_only=True)
class CitationsFlags(CommonFlags):
    data: Annotated[list[Path], typer.Option("--data", help="A file of claims; may be repeated.", exists=True)]
    limit: Limit = None
    verifier: Annotated[str | None, typer.Option(help="shipped, a folder, or none: the baselines alone")] = None
    run: RunFolder = None


@eval_commands.command("citations")
@command(CitationsFlags)
def eval_citations(flags: CitationsFlags) -> None:
    """Whether the verifier tells supported sentences from others, beside similarity and shared words."""
    from evaluation import citations_suite

    report_with(citations_suite.evaluate(flags.data, flags.limit, flags.verifier, flags.run), flags)


@dataclass(frozen=True, kw_only=True)
class SelectionFlags(CommonFlags):
    data: Data
    limit: Limit = None
    held_back: HeldBack = False
    selector: SelectorName = None


@eval_commands.command("selection")
@command(SelectionFlags)
def eval_selection(flags: SelectionFlags) -> None:
    """Whether the selector keeps the gold passages alone, and none where there are none, beside the encoder's top k."""
    from evaluation import selection_suite

    report_with(selection_suite.evaluate(flags.data, flags.limit, flags.selector, flags.held_back), flags)


@dataclass(frozen=True, kw_only=True)
class MetricsFlags(CommonFlags):
    data: Data
    limit: Limit = None
    held_back: HeldBack = False
    run: RunFolder = None


@eval_commands.command("metrics")
@command(MetricsFlags)
def eval_metrics(flags: MetricsFlags) -> None:
    """Which metric of a list of passages foretells best whether the answer is right: nDCG, MRR, recall, UDCG."""
    from evaluation import metrics_suite

    report_with(metrics_suite.evaluate(flags.data, flags.limit, flags.held_back, flags.run), flags)


@dataclass(frozen=True, kw_only=True)
class MemoryFlags(CommonFlags):
    data: Data
    limit: Limit = None


@eval_commands.command("memory")
@command(MemoryFlags)
def eval_memory(flags: MemoryFlags) -> None:
    """Whether what was said before is found again, and which facts about a person are brought up, beside baselines."""
    from evaluation import memory_suite

    report_with(memory_suite.evaluate(flags.data, flags.limit), flags)


@dataclass(frozen=True, kw_only=True)
class SignalsFlags(CommonFlags):
    data: Annotated[
        list[Path], typer.Option("--data", help="Rated conversations: a file or a folder. Repeatable.", exists=True)
    ]
    model: Annotated[Path | None, typer.Option(help="Folder of a trained head; else what ships.", exists=True)] = None
    limit: Limit = None
    flr: Annotated[
        bool, typer.Option("--flr", help="Follow-up likelihood by the generator as a baseline: slow without a GPU.")
    ] = False


@eval_commands.command("signals")
@command(SignalsFlags)
def eval_signals(flags: SignalsFlags) -> None:
    """Whether messages of satisfied and dissatisfied people are told from others, beside majority and key words."""
    from evaluation import signals_suite

    report_with(signals_suite.evaluate(flags.data, flags.model, flags.limit, flr=flags.flr), flags)


@dataclass(frozen=True, kw_only=True)
class PersonalizationFlags(CommonFlags):
    learner: Annotated[str, typer.Option(help="all, or learners with commas, beside none and oracle")] = "all"
    rounds: Annotated[int, typer.Option(min=1)] = 200
    seeds: Annotated[int, typer.Option(min=1)] = 3
    contexts: Annotated[Path | None, typer.Option(help="Folder with contexts.jsonl", exists=True)] = None
    styles: Annotated[Path | None, typer.Option(help="JSON file of hidden styles", exists=True)] = None
    user: Annotated[str, typer.Option(help="operators, or model: the configured model plays the person")] = "operators"
    run: RunFolder = None
    real_edits: Annotated[
        Path | None,
        typer.Option(help="Folder with edits.jsonl of real people, in place of the environment", exists=True),
    ] = None
    choices: Annotated[
        Path | None, typer.Option(help="Folder with mcq.jsonl of PrefEval, in place of the environment", exists=True)
    ] = None
    limit: Limit = None


@eval_commands.command("personalization")
@command(PersonalizationFlags)
def eval_personalization(flags: PersonalizationFlags) -> None:
    """What learning from edits saves a simulated person, learners side by side; or what it foretells of real ones."""
    from evaluation import prelude_choices, prelude_real_suite, prelude_suite

    if flags.real_edits is not None:
        figures = prelude_real_suite.evaluate(flags.real_edits, flags.learner, flags.limit, flags.run)
    elif flags.choices is not None:
        figures = prelude_choices.evaluate(flags.choices, flags.limit, flags.run)
    else:
        places = (flags.contexts, flags.styles, flags.user, flags.run)
        figures = prelude_suite.evaluate(prelude_suite.Options(flags.learner, flags.rounds, flags.seeds, *places))
    report_with(figures, flags)
