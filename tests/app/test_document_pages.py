"""Pages of a PDF over HTTP: drawn, marked, and nobody else's."""

import httpx

from tests.conftest import Upload
from tests.retrieval import files

PAGE = [(12.0, "The hut opens in June."), (12.0, "Dogs stay outside the hut.")]


async def test_a_page_is_drawn_with_its_passage_marked_for_its_owner_alone(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    document = (await upload(client, "rules.pdf", files.pdf(PAGE))).document.id
    base = f"/api/v1/documents/{document}"
    (passage,) = (await client.get(f"{base}/passages")).json()["items"]
    whole = (await client.get(f"{base}/pages/1", params={"passage": passage["id"]})).json()
    assert (whole["page"], whole["pages"], len(whole["marks"])) == (1, 1, 2)
    start = passage["text"].index("Dogs")
    part = {"passage": passage["id"], "mark": f"{start}-{start + 26}"}
    assert (await client.get(f"{base}/pages/1", params=part)).json()["marks"] == whole["marks"][1:]
    assert (await client.get(f"{base}/pages/1")).json()["marks"] == []

    picture = await client.get(f"{base}/pages/1/image", params={"width": 300})
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "private, no-store"
    assert picture.content.startswith(b"\x89PNG")
    for path in (f"{base}/pages/1", f"{base}/pages/1/image"):
        assert (await other_client.get(path)).status_code == 404
    strange = {"passage": document}  # an id, and of no passage
    for path, params, status in (("2", {}, 404), ("1", strange, 404), ("1", {"mark": "1"}, 422), ("0", {}, 422)):
        assert (await client.get(f"{base}/pages/{path}", params=params)).status_code == status


async def test_what_has_no_pages_says_where_its_text_is(client: httpx.AsyncClient, upload: Upload) -> None:
    document = (await upload(client, "rules.txt", "Dogs stay outside.")).document.id
    answer = await client.get(f"/api/v1/documents/{document}/pages/1/image")
    assert answer.status_code == 422
    assert "no PDF with pages to draw" in answer.json()["detail"]
