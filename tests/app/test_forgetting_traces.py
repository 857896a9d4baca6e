"""Signs of a person and the search for them: what is chosen of a text, and that no place hides one."""

from pathlib import Path

import pytest

from app import forgetting_traces
from app.forgetting_traces import Sign, places, sign_of


def nothing(_: Path) -> bool:
    return False


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("The key lies under the stairs", "The key lies under the stairs"),
        ('"Short." said she; the long part goes on from here\nand here', "said she; the long part goes on from here"),
        ("Käse aus Überlingen am See", "Käse aus Überlingen am See"),
        ("zyx-7", None),
        ("bullets!", "bullets!"),
        ("", None),
    ],
)
def test_the_longest_stretch_of_plain_words_is_the_sign(text: str, sign: str | None) -> None:
    found = sign_of("questions", text)
    assert (found.text if found else None) == sign


@pytest.mark.parametrize(
    "written",
    [
        b"the KEY lies under the stairs",
        b"\0\xff" * 999 + b"The key lies under the stairs\xfe",
    ],
)
def test_a_sign_is_found_in_any_case_and_among_any_bytes(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a").write_bytes(written)
    found = places(tmp_path, [Sign("x", "The key lies under the stairs")], nothing)
    assert [str(path) for _, path in found.places] == ["deep/er/a"]
    assert (found.files, found.bytes) == (1, len(written))


def test_a_sign_is_found_as_json_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"text": "K\\u00e4se aus dem Keller"}')
    assert places(tmp_path, [Sign("x", "Käse aus dem Keller")], nothing).places


def test_a_sign_is_found_across_the_parts_in_which_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting_traces, "_CHUNK", 16)
    signs = [Sign("x", "under the stairs"), Sign("y", "unheard")]
    for before in range(40):
        (tmp_path / "a").write_bytes(b"." * before + b"under the stairs" + b"." * 20)
        assert {sign.what for sign, _ in places(tmp_path, signs, nothing).places} == {"x"}, before


def test_what_is_to_be_skipped_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("under the stairs")
    assert places(tmp_path, [Sign("x", "under the stairs")], lambda path: path.name == "a").files == 0
