"""Every format that Attune promises keeps its text, its pages and its headings."""

import gzip
import json

import pytest

from retrieval.ports import LoadError
from tests.retrieval import files
from tests.retrieval.conftest import Load, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKDOWN = (
    "# Hut rules\n\nKeep the door shut.\n\n## Kitchen\n\nBoil water first.\n\n| Day | Cook |\n|--|--|\n| Mon | Ada |\n"
)
HTML = (
    "<html><head><title>The hut</title><script>evil()</script></head><body><nav>Home</nav><h1>Rules</h1>"
    "<p>Keep the <b>door</b> shut.<br>Always.</p><h2>Kitchen</h2><dl><dt>Water</dt><dd>Boil it.</dd></dl>"
    "<table><tr><th>Day</th><th>Cook</th></tr><tr><td>Mon</td><td>Ada</td></tr></table></body></html>"
)
EML = (
    "From: Ada <ada@example.org>\nTo: Bo <bo@example.org>\nSubject: The key\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\n"
    "It hangs by the door.\n"
)
VTT = "WEBVTT\n\nNOTE not said\n\n1\n00:00:01.000 --> 00:00:02.000 align:left\n<v Ada>Mind the step.\n"
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "source": ["# Weather\n", "Snow came early."]},
            {"cell_type": "code", "source": "print(2)", "outputs": [{"text": ["two\n"]}]},
        ],
    }
)
ODT_BODY = (
    '<office:text><text:h text:outline-level="1">Rules</text:h><text:p>Keep<text:s/>the '
    "<text:span><text:span>door</text:span></text:span> shut.</text:p></office:text>"
)
ODP_BODY = (
    "<office:presentation><draw:page><text:p>first slide</text:p></draw:page>"
    "<draw:page><text:p>second slide</text:p></draw:page></office:presentation>"
)
RTF = r"{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 Keep the door shut.\par Always.}"
OPML = '<opml version="2.0"><head><title>Lists</title></head><body><outline text="Rope"/></body></opml>'
FB2 = (
    '<?xml version="1.0"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info>'
    "<book-title>Snow</book-title></title-info></description>"
    "<body><section><p>It fell.</p></section></body></FictionBook>"
)
TEX = "\\documentclass{article}\n\\begin{document}\n\\section{Ice}\nIt cracks at night.\n\\end{document}"


FORMATS = {
    "notes.md": (MARKDOWN, "Keep the door shut.", "Hut rules"),
    "rules.docx": (files.docx(("Heading1", "Rules"), (None, "Keep the door shut.")), "Keep the door shut.", "Rules"),
    "rules.odt": (files.opendocument("text", ODT_BODY), "Keep the door shut.", "Rules"),
    "rules.html": (HTML, "Keep the door shut.\nAlways.", "Rules"),
    "rules.epub": (files.epub("Hut", "<h1>Rules</h1><p>Keep the door shut.</p>"), "Keep the door shut.", "Rules"),
    "stock.xlsx": (files.xlsx({"Tools": [["Item", "Count"], ["Rope", "4"]]}), "Item | Count\nRope | 4", "Tools"),
    "slides.pptx": (files.pptx(("Rules", "Keep the door shut.")), "Keep the door shut.", "Rules"),
    "weather.ipynb": (NOTEBOOK, "Snow came early.", "Weather"),
    "ice.tex": (TEX, "It cracks at night.", "Ice"),
    "rules.rst": ("Rules\n=====\n\nKeep the door shut.\n", "Keep the door shut.", "Rules"),
    "rules.org": ("* Rules\nKeep the door shut.\n", "Keep the door shut.", "Rules"),
    "rules.adoc": ("== Rules\n\nKeep the door shut.\n", "Keep the door shut.", "Rules"),
}


@pytest.mark.parametrize("name", FORMATS)
async def test_text_stands_under_its_heading(name: str, load: Load) -> None:
    data, text, heading = FORMATS[name]
    blocks = [block for block in (await load(data, name)).blocks if text in block.text]
    assert [block.heading for block in blocks] == [heading]


PLAIN = {
    "mail.eml": (EML, "It hangs by the door."),
    "box.mbox": (f"From ada Mon Jan  1 10:00:00 2024\n{EML}", "It hangs by the door."),
    "stock.csv": ("Item;Count\nRope;4\n", "Item | Count\nRope | 4"),
    "stock.tsv": ("Item\tCount\nRope\t4\n", "Item | Count\nRope | 4"),
    "film.vtt": (VTT, "Mind the step."),
    "rules.rtf": (RTF, "Keep the door shut."),
    "slides.odp": (files.opendocument("presentation", ODP_BODY), "second slide"),
    "lists.opml": (OPML, "Rope"),
    "snow.fb2": (FB2, "It fell."),
    "data.json": ('{"hut": {"name": "Eagle"}}', "hut.name: Eagle"),
    "lines.jsonl": ('{"a": 1}\n{"b": "two"}\n', "b: two"),
    "feed.xml": ('<?xml version="1.0"?><feed><item>First <b>snow</b> fell</item></feed>', "First snow fell"),
    "page.html.gz": (gzip.compress(HTML.encode()), "Keep the door shut."),
    "script.py": ("def door():\n    return 'shut'\n", "    return 'shut'"),
}


@pytest.mark.parametrize("name", PLAIN)
async def test_text_is_found(name: str, load: Load) -> None:
    data, text = PLAIN[name]
    assert text in text_of(await load(data, name))


async def test_slides_are_pages_in_the_order_of_the_show(load: Load) -> None:
    document = await load(files.pptx(("Start", "one"), ("End", "two")), "talk.pptx")
    assert document.pages == 2
    assert [(b.page, b.heading, b.text) for b in document.blocks if b.text in ("one", "two")] == [
        (1, "Start", "one"),
        (2, "End", "two"),
    ]


async def test_every_sheet_is_a_heading(load: Load) -> None:
    document = await load(files.xlsx({"Tools": [["Rope"]], "Food": [["Rice"]]}), "stock.xlsx")
    assert [(block.heading, block.text) for block in document.blocks] == [
        ("Tools", "Tools"), ("Tools", "Rope"), ("Food", "Food"), ("Food", "Rice"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (MARKDOWN, "a.md"),
        (HTML, "a.html"),
        (files.docx(body=files.word_table([["Day", "Cook"], ["Mon", "Ada"]])), "a.docx"),
        ("Day,Cook\nMon,Ada\n", "a.csv"),
    ],
    ids=["markdown", "html", "docx", "csv"],
)
async def test_a_table_knows_its_header(data: bytes | str, name: str, load: Load) -> None:
    tables = [block for block in (await load(data, name)).blocks if block.header]
    assert [(block.header, block.text) for block in tables] == [("Day | Cook", "Day | Cook\nMon | Ada")]


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (HTML, "a.html", "The hut"),
        (MARKDOWN, "a.md", "Hut rules"),
        ("no heading at all", "Packing list.txt", "Packing list"),
        (files.pdf([(20, "Large"), (11, "small " * 9)]), "Lease_2024.pdf", "Lease 2024"),
        ("<title>Microsoft Word - x.doc</title><p>text", "Lease_2024.html", "Lease 2024"),
    ],
    ids=["its own", "first heading", "file name", "file name of a pdf", "file name for junk"],
)
async def test_a_document_has_a_title(data: bytes | str, name: str, title: str, load: Load) -> None:
    assert (await load(data, name)).title == title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_unicode_of_every_kind_is_read(encoding: str, load: Load) -> None:
    assert text_of(await load("Grüße from the hut, 雪です".encode(encoding), "a.txt")) == "Grüße from the hut, 雪です"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("雪が降った。山小屋の扉を閉めてください。水は必ず沸かすこと。", "shift_jis"),
        ("Снег лежит в долине. Дверь хижины держите закрытой, воду кипятите.", "windows-1251"),
        ("Keep the door shut. Boil the water before you drink it, every single time.", "cp500"),
    ],
)
async def test_old_encodings_are_recognised(text: str, encoding: str, load: Load) -> None:
    assert text_of(await load(text.encode(encoding), "a.txt")) == text


async def test_the_charset_that_a_page_declares_is_believed(load: Load) -> None:
    page = '<html><head><meta charset="windows-1253"></head><body><p>Χιόνι</p></body></html>'
    assert text_of(await load(page.encode("windows-1253"), "a.html")) == "Χιόνι"


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (files.pdf([(11, "text")]), "a.txt", "application/pdf"),
        (
            files.docx((None, "text")),
            "a.pdf",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (HTML, "a.docx", "text/html"),
        ("plain words", "a.pdf", "text/plain"),
        (RTF, "a.doc", "application/rtf"),
    ],
    ids=["pdf as txt", "docx as pdf", "html as docx", "text as pdf", "rtf as doc"],
)
async def test_content_decides_and_not_the_name(data: bytes | str, name: str, media_type: str, load: Load) -> None:
    assert (await load(data, name)).media_type == media_type


async def test_a_word_file_whose_parts_have_odd_names_is_read(load: Load) -> None:
    odd = files.docx((None, "Found all the same.")).replace(b"word/document.xml", b"word/documentx.ml")
    whole = files.zipped(
        {"[Content_Types].xml": "<Types/>", "word/document2.xml": '<d xmlns:w="u"><w:p><w:t>Found</w:t></w:p></d>'}
    )
    assert text_of(await load(whole, "a.docx")) == "Found"
    with pytest.raises(LoadError):
        await load(odd, "a.docx")


@pytest.mark.parametrize("tie", [" ", "/", "=1 ", '="1"', "='>' "], ids=["space", "slash", "plain", "tied", "quoted"])
async def test_a_tag_of_countless_attributes_ends_early(tie: str, load: Load) -> None:
    page = f"<p {''.join(f'a{n}{tie}' for n in range(100_000))}>text</p>"
    with pytest.raises(LoadError, match="more than 2000 attributes"):
        await load(page, "a.html")


async def test_long_attributes_scripts_and_comments_are_no_countless_attributes(load: Load) -> None:
    words = "word " * 5000
    page = f'<p title="{words}">text</p><script>if (a<b) [{words}]</script><!-- <a {words} -->'
    assert text_of(await load(page, "a.html")) == "text"


async def test_markdown_keeps_lists_in_lists_and_html_within(load: Load) -> None:
    page = (
        "- rope\n    - old\n- axe:\n    - new\n\n<table><tr><td>Ada</td><td>Bo</td></tr></table>\n\n<div>door</div>\n"
    )
    assert text_of(await load(page, "a.md")).split() == ["rope", "old", "axe:", "new", "Ada", "|", "Bo", "door"]


async def test_the_front_matter_of_markdown_gives_its_title_and_is_text(load: Load) -> None:
    document = await load("---\ntitle: 'Hut log'\nauthor: Ada\n---\n\n# May\n\nSnow.\n", "a.md")
    assert document.title == "Hut log"
    assert "author: Ada" in text_of(document)


async def test_cells_over_several_rows_and_columns_are_said_in_each(load: Load) -> None:
    table = (
        "<table><tr><th>Year</th><th colspan=2>Beds</th></tr><tr><td rowspan=2>2024</td><td>old</td><td>7</td></tr>"
        "<tr><td>new</td><td>5</td></tr><tr><td>2025</td><td>old</td><td>6</td></tr></table>"
    )
    assert text_of(await load(table, "a.html")).split("\n") == [
        "Year | Beds | Beds", "2024 | old | 7", "2024 | new | 5", "2025 | old | 6",
    ]  # fmt: skip


async def test_a_cell_that_claims_to_span_everything_costs_little(load: Load) -> None:
    table = "<table><tr><td rowspan=99999 colspan=99999>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
    assert len(text_of(await load(table, "a.html"))) < 1000
