"""One contract, held by both indexes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.index_edge import EdgeIndex
from retrieval.index_server import ServerIndex
from retrieval.ports import PassageIndex
from retrieval.types import Hit, Mode, Query
from tests.retrieval.builders import ENCODER, make_document, make_passages, put, vectors_of


@pytest.fixture(params=["edge", "server"])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PassageIndex]:
    opened: PassageIndex
    if request.param == "edge":
        opened = await EdgeIndex.open(tmp_path, ENCODER.version, ENCODER.dimension)
    else:
        opened = await ServerIndex.open(":memory:", None, ENCODER.version, ENCODER.dimension)
    yield opened
    await opened.close()


async def search(index: PassageIndex, text: str, readers: str = "ann", **kind: object) -> list[Hit]:
    query = Query(text, frozenset(readers.split()), **kind)  # type: ignore[arg-type]  # the test's own keywords
    return await index.search(query, (await ENCODER.encode_queries([text]))[0])


async def test_an_empty_index_answers_with_nothing(index: PassageIndex) -> None:
    assert await search(index, "anything") == []
    assert await index.count() == 0
    assert [row async for row in index.scroll()] == []


@pytest.mark.parametrize("mode", ["fused", "dense", "lexical"])
async def test_the_passage_that_shares_the_words_comes_first(index: PassageIndex, mode: Mode) -> None:
    await put(index, "a", ["Geese fly south in autumn.", "Bread needs flour, water and yeast."], ["ann"])
    hits = await search(index, "what does bread need besides flour", mode=mode)
    assert hits[0].passage.text.startswith("Bread")
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_fused_hits_carry_both_scores_even_when_one_list_lacks_them(index: PassageIndex) -> None:
    await put(index, "a", ["Bread needs flour.", "Nothing in common here."], ["ann"])
    by_text = {hit.passage.text: hit for hit in await search(index, "flour bread")}
    exact = (await ENCODER.encode_queries(["flour bread"]))[0] @ (
        await ENCODER.encode_passages(["Bread needs flour."])
    ).T
    assert by_text["Bread needs flour."].dense == pytest.approx(exact[0], abs=1e-5)
    assert (by_text["Bread needs flour."].lexical or 0) > 0
    assert by_text["Nothing in common here."].lexical == 0
    assert by_text["Nothing in common here."].dense is not None


async def test_a_passage_that_only_bm25_finds_gets_its_cosine(index: PassageIndex) -> None:
    # 60 near copies of the question crowd the dense candidates; the rare word stands in a long unlike passage.
    await put(index, "crowd", [f"alpha beta gamma {number}" for number in range(60)], ["ann"])
    await put(index, "rare", ["zyzzyva " + " ".join(f"unlike{number}" for number in range(80))], ["ann"])
    hits = await search(index, "alpha beta gamma zyzzyva", limit=100)
    rare = next(hit for hit in hits if hit.passage.text.startswith("zyzzyva"))
    query = (await ENCODER.encode_queries(["alpha beta gamma zyzzyva"]))[0]
    assert rare.dense == pytest.approx(float(query @ (await ENCODER.encode_passages([rare.passage.text]))[0]), abs=1e-5)


@pytest.mark.parametrize("mode", ["fused", "dense", "lexical"])
async def test_nobody_sees_what_has_other_readers(index: PassageIndex, mode: Mode) -> None:
    secret = await put(index, "secret", ["The vault code is 4711."], ["ann"])
    await put(index, "shared", ["The canteen opens at noon."], ["ann", "bob"])
    hits = await search(index, "vault code", "bob", mode=mode, limit=50)
    assert "The vault code is 4711." not in {hit.passage.text for hit in hits}
    assert await search(index, "vault code", "bob", mode=mode, document_ids=frozenset([secret])) == []
    assert await index.passages(secret, frozenset(["bob"])) == []
    assert await index.passages(secret, frozenset()) == []
    assert await search(index, "vault code", "", mode=mode) == []
    assert [passage.text for passage in await index.passages(secret, frozenset(["ann"]))] == ["The vault code is 4711."]


async def test_any_one_of_several_readers_is_enough(index: PassageIndex) -> None:
    await put(index, "a", ["Team plan."], ["team-red"])
    assert len(await search(index, "plan", "bob team-red")) == 1


async def test_a_document_filter_keeps_the_search_inside(index: PassageIndex) -> None:
    first = await put(index, "first", ["Bread needs flour."], ["ann"])
    await put(index, "second", ["Bread needs flour, and patience."], ["ann"])
    hits = await search(index, "bread flour", document_ids=frozenset([first]))
    assert {hit.passage.document_id for hit in hits} == {first}
    assert await search(index, "bread flour", document_ids=frozenset()) == []


async def test_deleting_a_document_leaves_nothing_of_it(index: PassageIndex) -> None:
    gone = await put(index, "gone", ["Bread needs flour."] * 3, ["ann"])
    await put(index, "kept", ["Geese fly south."], ["ann"])
    await index.delete_document(gone)
    await index.delete_document(gone)
    assert await index.passages(gone, frozenset(["ann"])) == []
    assert [hit.passage.text for hit in await search(index, "bread flour")] == ["Geese fly south."]
    assert [hit.passage.text for hit in await search(index, "bread flour", mode="lexical")] == []
    assert await index.count() == 1


async def test_forgetting_what_was_deleted_keeps_the_rest_and_may_be_repeated(index: PassageIndex) -> None:
    await index.forget_deleted()
    gone = await put(index, "gone", ["Bread needs flour."] * 3, ["ann"])
    await put(index, "kept", ["Geese fly south.", "Bread is baked."], ["ann"])
    await index.delete_document(gone)
    await put(index, "kept", ["Geese fly south.", "Bread was baked."], ["ann"])
    await asyncio.gather(index.forget_deleted(), put(index, "late", ["Bread rises."], ["ann"]))
    await index.forget_deleted()
    found = {hit.passage.text for hit in await search(index, "bread flour")}
    assert found == {"Geese fly south.", "Bread was baked.", "Bread rises."}
    assert await index.count() == 3


async def test_changed_readers_count_at_once_and_for_that_document_alone(index: PassageIndex) -> None:
    document, other = [await put(index, name, ["Bread needs flour."], ["ann"]) for name in ("a", "b")]
    await index.set_readers(document, frozenset(["ann", "collection:1"]))
    assert [hit.passage.document_id for hit in await search(index, "bread", "bob collection:1")] == [document]
    await index.set_readers(document, frozenset(["bob"]))
    assert await index.passages(document, frozenset(["ann", "collection:1"])) == []
    assert [hit.passage.document_id for hit in await search(index, "bread", "ann collection:1")] == [other]
    assert len(await search(index, "bread", "bob")) == 1


async def test_replacing_is_repeatable_and_leaves_no_old_passage(index: PassageIndex) -> None:
    document = await put(index, "a", ["one old", "two old", "three old"], ["ann"])
    for _ in range(2):
        await put(index, "a", ["one new", "two old"], ["ann"])
    assert [passage.text for passage in await index.passages(document, frozenset(["ann"]))] == ["one new", "two old"]
    await put(index, "a", [], ["ann"])
    assert await index.count() == 0


async def test_passages_come_whole_and_in_order(index: PassageIndex) -> None:
    texts = [f"passage {number}" for number in range(600)]
    document = await put(index, "long", texts, ["ann"], title="A title")
    found = await index.passages(document, frozenset(["ann"]))
    assert [passage.text for passage in found] == texts
    assert found == make_passages(document, texts, "A title")
    scrolled = [row async for row in index.scroll()]
    assert len(scrolled) == len({passage.id for passage, _ in scrolled}) == 600
    assert {readers for _, readers in scrolled} == {frozenset(["ann"])}


async def test_letters_of_every_script_survive_and_are_found(index: PassageIndex) -> None:
    texts = ["Žluťoučký kůň pěl ďábelské ódy.", "日本語 の テキスト", "emoji 🦆 and\u0000 control", "naïve café"]
    document = await put(index, "unicode", texts, ["ann"])
    assert [passage.text for passage in await index.passages(document, frozenset(["ann"]))] == texts
    assert (await search(index, "日本語", mode="lexical"))[0].passage.text == texts[1]
    assert (await search(index, "cafe", mode="lexical"))[0].passage.text == texts[3]


async def test_a_limit_beyond_the_count_gives_all_that_there_is(index: PassageIndex) -> None:
    await put(index, "a", ["one thing", "another thing", "a third thing"], ["ann"])
    assert len(await search(index, "thing", limit=100)) == 3
    assert len(await search(index, "thing", limit=2)) == 2
    assert await search(index, "thing", limit=0) == []


async def test_a_question_of_stop_words_or_marks_still_answers(index: PassageIndex) -> None:
    await put(index, "a", ["Bread needs flour."], ["ann"])
    assert len(await search(index, "the of and ?!")) == 1
    assert await search(index, "the of and ?!", mode="lexical") == []


CROWD = [f"The result of case {number} is in, and you are not living here." for number in range(60)]


async def test_a_phrase_of_stop_words_finds_the_one_passage_that_holds_it(index: PassageIndex) -> None:
    await put(index, "crowd", CROWD, ["ann"])
    await put(index, "wanted", ["Long before. In case you are\nliving in it: " + "unlike " * 50], ["ann"])
    first, second, *_ = await search(index, "in CASE, you are living in")
    assert first.passage.text.startswith("Long before")
    assert first.score > 1 > second.score
    assert first.dense is not None
    assert first.lexical is not None


async def test_all_the_pairs_of_a_phrase_are_not_yet_the_phrase(index: PassageIndex) -> None:
    await put(index, "a", ["red blue. blue green", "nothing"], ["ann"])
    assert all(hit.score < 1 for hit in await search(index, "red blue green"))


async def test_a_phrase_across_the_cut_is_found_where_it_begins(index: PassageIndex) -> None:
    await put(index, "crowd", CROWD, ["ann"])
    await put(index, "wanted", ["unlike " * 50 + "and as it was", "so it is " + "other " * 50], ["ann"])
    first, *others = await search(index, "as it was so it is")
    assert first.passage.text.endswith("and as it was")
    assert all(hit.score < 1 for hit in others)


async def test_a_phrase_of_the_heading_counts(index: PassageIndex) -> None:
    await put(index, "crowd", CROWD, ["ann"])
    await put(index, "wanted", ["unlike " * 50], ["ann"], title="If you are in it")
    assert (await search(index, "you are in it"))[0].passage.title == "If you are in it"


async def test_nobody_finds_a_phrase_that_others_wrote(index: PassageIndex) -> None:
    secret = await put(index, "secret", ["It is as it was."], ["ann"])
    await put(index, "shared", ["Something else."], ["ann", "bob"])
    assert [hit.passage.text for hit in await search(index, "it is as it was", "bob")] == ["Something else."]
    await index.set_readers(secret, frozenset(["bob"]))
    assert (await search(index, "it is as it was", "bob"))[0].score > 1
    chosen = frozenset([make_document("shared")])
    assert len(await search(index, "it is as it was", "bob", document_ids=chosen)) == 1


async def test_a_changed_next_passage_changes_what_crosses_the_cut(index: PassageIndex) -> None:
    await put(index, "a", ["and as it was", "so it is"], ["ann"])
    await put(index, "a", ["and as it was", "not any more"], ["ann"])
    assert all(hit.score < 1 for hit in await search(index, "it was so it is"))
    assert (await search(index, "it was not any more"))[0].score >= 1


async def test_words_of_the_title_lead_to_the_passage(index: PassageIndex) -> None:
    await put(index, "a", ["It opens at nine."], ["ann"], title="Library of Ghent")
    await put(index, "b", ["It opens at ten."], ["ann"], title="Town hall")
    assert (await search(index, "ghent", mode="lexical"))[0].passage.title == "Library of Ghent"


async def test_searches_go_on_while_documents_are_written(index: PassageIndex) -> None:
    await put(index, "first", ["Bread needs flour."], ["ann"])

    async def write(number: int) -> None:
        await put(index, f"doc {number}", [f"Text {number} about geese {part}." for part in range(20)], ["ann"])

    async def read() -> None:
        hits = await search(index, "bread flour")
        assert hits[0].passage.text == "Bread needs flour."

    await asyncio.gather(*[work for number in range(15) for work in (write(number), read())])
    assert await index.count() == 301


async def test_vectors_that_do_not_fit_are_refused_by_name(index: PassageIndex) -> None:
    document = make_document("a")
    passages = make_passages(document, ["one", "two"])
    with pytest.raises(ValueError, match=r"2 passages need vectors of shape \(2, 384\), got \(1, 384\)"):
        await index.replace_document(document, passages, np.zeros((1, 384), dtype=np.float32), frozenset(["ann"]))
    with pytest.raises(ValueError, match="were given for document"):
        await index.replace_document(make_document("b"), passages, await vectors_of(passages), frozenset(["ann"]))
    assert await index.count() == 0
