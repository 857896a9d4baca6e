"""The catalogue: every message of the pages is in it, says as much, and nothing is said past it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Message
from starlette.requests import Request

import ui.language
from app.schemas import DocumentPublic, DocumentsPublic, Language, PersonPublic
from tests.ui.shared import a_collection, a_group, a_member, a_share
from tests.ui.stand_in import StandIn
from ui.catalogue import in_python, messages
from ui.chat import render_turns, render_welcome
from ui.collections import render_inside
from ui.connection import ApiError
from ui.consent import render_consent
from ui.conversations import render_conversations, render_head
from ui.documents import render_documents, render_uploads
from ui.furniture import render_account, render_keys, render_tabs
from ui.groups import render_members
from ui.language import ENGLISH, LANGUAGES, catalogue, day, language_of, number, percent, speak, tr, trn
from ui.login import render_login
from ui.plain import refused, render_ways_back
from ui.scope import render_collections, render_scope
from ui.scripted_words import script as scripted_words
from ui.settings import render_settings
from ui.sharing import render_sharing
from ui.sources import render_no_sources

TOKEN = "token-of-ada@example.org"
MOMENT = datetime(2026, 5, 4, tzinfo=UTC)
OTHERS = [name for name in LANGUAGES if name != ENGLISH]


@pytest.fixture(autouse=True)
def english_again() -> None:
    speak(ENGLISH)


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of a message with what is said for it."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


@pytest.mark.parametrize("name", OTHERS)
def test_every_message_is_in_the_catalogue_and_no_other(name: str) -> None:
    said = {one.id: {file for file, _ in one.locations} for one in messages() if one.id}
    known = {one.id: {file for file, _ in one.locations} for one in catalogue(name) if one.id}
    assert known == said, "bring it up to date with `python -m ui.catalogue`, and translate what is new"
    untold = [one.id for one in catalogue(name) if one.id and not all(there for _, there in forms(one))]
    assert untold == []
    assert not any(one.fuzzy for one in catalogue(name) if one.id)


@pytest.mark.parametrize("name", OTHERS)
def test_a_translation_has_the_placeholders_and_tags_of_its_message_and_signs_that_no_markup_minds(name: str) -> None:
    def skeleton(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}|</?\w+>", text))

    for one in catalogue(name):
        for here, there in forms(one) if one.id else ():
            assert skeleton(here) == skeleton(there), here
            assert not re.search(r'["$`]|\{(?!\w+\})', here + there), "these act in attributes and templates"


def test_a_refusal_says_its_kind_in_the_language_of_whoever_reads_it() -> None:
    gone = ApiError(404, "Unknown document", "there is no document x among yours")
    assert "<h1>Unknown document</h1>" in str(refused(gone, "reader").body)
    speak("de")
    page = str(refused(gone, "reader").body)
    assert "<h1>Nicht gefunden</h1><p>there is no document x among yours</p>" in page
    assert "<h1>I am new</h1>" in str(refused(ApiError(418, "I am new", "no word for it"), "reader").body)


def test_both_sides_know_the_same_languages() -> None:
    assert (
        set(get_args(Language)) == set(LANGUAGES) == {ENGLISH, *(file.stem for file in ui.language.WORDS.glob("*.po"))}
    )


def test_what_is_said_by_a_variable_is_refused() -> None:
    with pytest.raises(ValueError, match=r"chat.py:2: tr takes its message as a plain string"):
        list(in_python("\ntr(words)", "chat.py"))
    assert list(in_python("""f'<p>{tr("one")}{trn("two", "three", 2)}</p>'""", "x.py")) == ["one", ("two", "three")]


def test_numbers_days_and_plurals_follow_the_language() -> None:
    assert trn("{count} passage", "{count} passages", 1234) == "1,234 passages"
    assert (percent(0.724), day(MOMENT), number(0.51234)) == ("72%", "4 May 2026", "0.512")
    speak("de")
    assert trn("{count} passage", "{count} passages", 1) == "1 Textstelle"
    assert trn("{count} passage", "{count} passages", 1234) == "1.234 Textstellen"
    assert (percent(0.724), day(MOMENT), number(0.51234)) == ("72\N{NO-BREAK SPACE}%", "4. Mai 2026", "0,512")
    assert tr("Open at page {page}", page="{words}") == "Seite {words} öffnen"


@pytest.mark.parametrize(
    ("header", "cookie", "spoken"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "", "en"),
        ("fr;q=1, en;q=0.2, de;q=0.7", "", "de"),
        ("de;q=0, fr", "", "en"),
        ("de;q=much, ;;, *", "", "en"),
        ("", "", "en"),
        ("en", "de", "de"),
        ("de", "klingon", "de"),
    ],
)
def test_the_language_is_the_one_that_was_chosen_else_the_one_that_the_browser_asks_for(
    header: str, cookie: str, spoken: str
) -> None:
    headers = [(b"accept-language", header.encode()), (b"cookie", f"attune_language={cookie}".encode())]
    assert language_of(Request({"type": "http", "headers": headers})) == spoken


class Words(HTMLParser):
    """The words of markup, of attributes too, that somebody reads or hears and that `Marked` has not said."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._text, self._attributes, self._silent = "", list[str](), 0
        self.feed(markup)
        self.found = [word for text in (self._text, *self._attributes) for word in self._unmarked(text)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"kbd", "code"}
        spoken = {"title", "aria-label", "placeholder", "alt", "data-confirm"}
        self._attributes += [value or "" for name, value in attrs if name in spoken]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"kbd", "code"}

    def handle_data(self, data: str) -> None:
        self._text += "" if self._silent else f"{data} "

    def _unmarked(self, text: str) -> list[str]:
        while (inner := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:  # a message may stand in a message
            text = inner
        return re.findall("[A-Za-z]{2,}", text)


class Marked(NullTranslations):
    """A language in which every message stands between signs."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def drawn(script: StandIn) -> dict[str, str]:
    """The pages, and the states of them, with data whose words are in `DATA` below."""
    account = script.accounts[TOKEN]
    for status in ("queued", "unreadable", "indexed"):
        script.add_document(TOKEN, "Data", status)
    documents = list(account.documents.values())
    me = PersonPublic(id="1", email="Data", display_name="Data", role="person", created_at=MOMENT)
    return {
        "login": render_login(),
        "settings": render_settings(me, list(account.tokens.values())),
        "account": render_account(me) + render_ways_back() + render_tabs() + render_keys() + render_consent(me),
        "library": render_head() + render_uploads() + render_documents(documents, ()) + render_documents([], ()),
        "scope": render_scope(documents, ()) + render_scope(documents, (documents[2].id,)) + render_scope([], ()),
        "sharing": _sharing(documents),
        "conversations": render_conversations([], None, MOMENT) + render_conversations([], None, MOMENT, sought="Data"),
        "chat": render_welcome() + render_turns([]) + render_no_sources(),
    }


def _sharing(documents: Sequence[DocumentPublic]) -> str:
    """The page Documents for everybody who may be there."""
    standings = ("own", "read", "write", "manage")
    collections = [a_collection("Data", permission=one, owner="Data") for one in standings]
    group, members = a_group("Data"), [a_member("Data"), a_member("Data", leads=True)]
    shares = [a_share(email="Data"), a_share(group_id="1", permission="manage"), a_share(email="Data")]
    inside = [render_inside(one, documents, [*documents], shares, [group]) for one in collections]
    pages = [render_sharing(DocumentsPublic(items=[]), [], [])]
    pages += [render_sharing(DocumentsPublic(items=list(documents), next_cursor="1"), collections, [group])]
    scopes = render_collections(collections, ()) + render_scope([], (), collections)
    return "".join([*pages, *inside, render_members("1", members, members[0].person_id, True), scopes])


DATA = {"Attune", "Data", "Deutsch", "English", "https"}


def test_nothing_on_the_pages_is_said_past_the_catalogue(script: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    script.add_person("ada@example.org")
    monkeypatch.setattr(ui.language, "_words", lambda _: Marked())
    past = {name: [word for word in Words(markup).found if word not in DATA] for name, markup in drawn(script).items()}
    assert {name: words for name, words in past.items() if words} == {}


def test_scripts_say_nothing_past_the_catalogue() -> None:
    signs = {"Enter", "Escape", "Content-Type", "Retry-After", "Files"}
    past = []
    for file in sorted((Path(ui.language.__file__).parent / "assets").glob("*.js")):
        source = re.sub(r"(?m)//.*$", "", "" if file.name.startswith("operator") else file.read_text())
        source = re.sub(r'\b[tn]\("[^"]*"(, "[^"]*")?|question: "[^"]*"', "", source)
        past += [
            f"{file.name}: {said}" for said in re.findall(r'["`]([A-Z][a-z][^"`]*)["`]', source) if said not in signs
        ]
    assert past == []


def test_the_scripts_get_their_part_of_the_catalogue_and_the_way_to_count() -> None:
    german = scripted_words("de")
    assert '"Copied": "Kopiert"' in german
    assert '"{stage}: {at} of {count} passage": ["{stage}: {at} von {count} Textstelle"' in german
    assert "Number((n != 1))" in german
    assert '"What was wrong? You may leave it open": "Was war falsch?' in german, "said inside a template"
    assert "What would you like to know?" not in german
