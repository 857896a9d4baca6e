"""Whether a search for words that a file is known to hold gives the file back, through the API of a whole product.

`python -m evaluation.phrases --data DIR` reads DIR/manifest.csv (file, expect, phrase). All files are ingested into a
temporary home, also the broken ones, so that each phrase is looked for among all; files that are said to hold text and
whose phrase is known are counted. This takes as long as the ingest does.
"""

import argparse
import asyncio
import csv
import json
import logging
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from app.schemas import DocumentPublic
from evaluation.errors import EvaluationError
from evaluation.product import UPLOADS, Product, running_product
from evaluation.progress import for_each
from evaluation.reports import Report
from evaluation.statistics import mean
from evaluation.workplace import temporary_settings

HITS = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KnownFile:
    """A line of the manifest; `phrase` is empty where no text is expected or none is known."""

    path: Path
    phrase: str


def read_manifest(folder: Path) -> list[KnownFile]:
    """Every file that the manifest names. Raises EvaluationError where there is no manifest."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        raise EvaluationError(f"{manifest} is missing: --data names a folder with files and their manifest.csv")
    with manifest.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    # A search takes one line, and so does the question field of the page.
    return [
        KnownFile(folder / row["file"], " ".join(row["phrase"].split()) if row["expect"] == "text" else "")
        for row in rows
    ]


async def measure(files: list[KnownFile], product: Product) -> Report:
    """The share of known phrases whose file is among the first hits, on a product that holds nothing yet."""

    async def ingest(file: KnownFile) -> DocumentPublic | None:
        try:
            return await product.ingest_one(file.path)
        except EvaluationError as refused:  # an upload that the server does not take is no end of the others
            log.info("%s: %s", file.path, refused)
            return None

    documents = await for_each(files, ingest, "ingesting", UPLOADS)
    known = [(file, document) for file, document in zip(files, documents, strict=True) if file.phrase]

    async def finds(pair: tuple[KnownFile, DocumentPublic | None]) -> bool:
        file, document = pair
        found = await product.search(file.phrase, HITS)
        return document is not None and document.id in {hit.document_id for hit in found.hits}

    found = await for_each(known, finds, "searching")
    share = mean([float(one) for one in found])
    return {
        "files": len(known),
        f"found@{HITS}": sum(found),
        "share": share.value,
        "interval": share.interval(),
        "ingested": dict(Counter(document.status if document else "refused" for document in documents)),
        "missed": [str(file.path) for (file, _), one in zip(known, found, strict=True) if not one],
    }


async def evaluate(folder: Path) -> Report:
    """`measure` in a home of its own. Raises EvaluationError."""
    files = read_manifest(folder)
    with temporary_settings() as settings:
        async with running_product(settings) as product:
            return await measure(files, product)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with files and manifest.csv")
    try:
        sys.stdout.write(json.dumps(asyncio.run(evaluate(parser.parse_args().data))) + "\n")
    except EvaluationError as error:
        sys.exit(str(error))
