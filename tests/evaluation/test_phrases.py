"""Known phrases of files, looked for through the whole product with the hashing encoder."""

from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.phrases import evaluate, read_manifest

MANIFEST = """file,format,expect,phrase
orchid.md,md,text,waters the  orchid
lies.md,md,text,words that stand nowhere in it
broken.pdf,pdf,error,
program.exe,exe,text,this is never read
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "manifest.csv").write_text(MANIFEST)
    (tmp_path / "orchid.md").write_text("# Plants\n\nMarta waters\nthe orchid.\n")
    for number, name in enumerate(["lies.md", "broken.pdf", "program.exe"]):
        (tmp_path / name).write_bytes(b"\x00\x01" * number or b"Nothing of the kind.")
    return tmp_path


@pytest.mark.usefixtures("no_models")
async def test_a_file_counts_when_its_phrase_gives_it_back_and_refused_files_do_not_end_the_run(folder: Path) -> None:
    report = await evaluate(folder)
    assert report["files"] == 3
    assert str(folder / "orchid.md") not in report["missed"]
    assert str(folder / "program.exe") in report["missed"]
    assert report["share"] == report["found@10"] / 3


def test_a_folder_without_a_manifest_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"manifest\.csv is missing"):
        read_manifest(tmp_path)


def test_a_phrase_counts_only_where_text_is_expected(folder: Path) -> None:
    assert [file.phrase for file in read_manifest(folder)] == [
        "waters the orchid",
        "words that stand nowhere in it",
        "",
        "this is never read",
    ]
