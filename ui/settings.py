"""Settings: how the pages look and speak, keys, password, access for programs, the account; settings.js acts."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas import PersonPublic
from app.schemas_access import OwnTokenPublic
from ui.client import ApiClient, ApiError
from ui.language import LANGUAGES, speak, tr
from ui.markup import esc
from ui.plain import HEADERS, page, refused, render_ways_back
from ui.session import visitor
from ui.suggestions import render_switch
from ui.tokens import render_tokens

_SCRIPTS = ("pieces", "copying", "settings", "linking")
_HEAD = '<link rel="stylesheet" href="/ui/about.css"><link rel="stylesheet" href="/ui/settings.css">' + "".join(
    f'<script src="/ui/{name}.js"></script>' for name in _SCRIPTS
)


def settings_routes(api: ApiClient) -> APIRouter:
    """GET /settings, for whoever looks."""
    router = APIRouter(include_in_schema=False)

    @router.get("/settings")
    async def settings(request: Request) -> Response:
        try:
            person = visitor(api, request)
            me, tokens = await asyncio.gather(person.me(), person.own_tokens())
        except ApiError as error:
            if error.status == 401:
                return RedirectResponse("/login", 303)
            return refused(error, "about")
        if me.language:  # a browser that does not know it yet
            speak(me.language)
        body = render_settings(me, tokens.items)
        return HTMLResponse(page(f"{tr('Settings')} · Attune", body, "about settings", _HEAD), headers=HEADERS)

    return router


def render_settings(me: PersonPublic, tokens: Sequence[OwnTokenPublic]) -> str:
    """The whole page below its frame."""
    return f"""<header>{render_ways_back("/settings")}<h1>{tr("Settings")}</h1>
<p class="muted">{esc(me.email)}</p></header><p id="said" role="status"></p>
{_section("look", tr("Look and language"), _look(me))}
{_section("keys", tr("Keys"), _keys())}
{_section("help", tr("Finding your way"), _tour() + render_switch(me))}
{_section("password", tr("Password"), _password(me))}
{_section("tokens", tr("What is logged in as you"), render_tokens(me, tokens))}
{_section("account", tr("Your data and your account"), _account(me))}"""


def _section(name: str, title: str, body: str) -> str:
    return (
        f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title" tabindex="-1">{title}</h2>{body}'
        "</section>"
    )


def _look(me: PersonPublic) -> str:
    themes = (("", tr("As the system has it")), ("light", tr("Light")), ("dark", tr("Dark")))
    radios = "".join(
        f'<label class="choice"><input type="radio" name="theme" value="{theme}"> {name}</label>'
        for theme, name in themes
    )
    options = "".join(
        f'<option value="{one}" lang="{one}"{" selected" if one == me.language else ""}>{name}</option>'
        for one, name in LANGUAGES.items()
    )
    unset = "" if me.language else " selected"
    written = tr("Documents, what you write, and what models write stay in their own language.")
    return f"""<div class="state"><fieldset><legend>{tr("Theme")}</legend>{radios}
<p class="muted">{tr("Kept in this browser.")}</p></fieldset>
<label for="language">{tr("Language of the pages")}</label>
<select id="language" name="language" aria-describedby="language-said">
<option value=""{unset}>{tr("As the browser asks for")}</option>{options}</select>
<p class="muted" id="language-said">{written}</p></div>"""


def _keys() -> str:
    rows = (
        (("Enter",), tr("asks the question")),
        (("Shift", "Enter"), tr("begins a new line in the question")),
        (("Esc",), tr("stops the answer, or leaves an editor")),
        (("Alt", "N"), tr("starts a new conversation")),
        (("Alt", "Q"), tr("goes to the question")),
        (("Alt", "K"), tr("goes to the search in your conversations")),
        ((tr("Ctrl"), "Enter"), tr("saves what you made of an answer")),
    )
    listed = "".join(
        f"<tr><td>{'+'.join(f'<kbd>{key}</kbd>' for key in keys)}</td><td>{does}</td></tr>" for keys, does in rows
    )
    columns = f'<th scope="col">{tr("Keys")}</th><th scope="col">{tr("What they do")}</th>'
    return f'<table class="shortcuts"><thead><tr>{columns}</tr></thead><tbody>{listed}</tbody></table>'


def _tour() -> str:
    said = tr("Five short steps on the page itself: ask, look at a source, edit, see what was learned, add documents.")
    return f"""<p class="muted">{said}</p>
<p class="controls"><button type="button" id="show-around">{tr("Show me around")}</button></p>"""


def _password(me: PersonPublic) -> str:
    ends = tr("A new password ends every other login, and every token below. This browser stays logged in.")
    return f"""<form id="new-password" class="state"><p class="muted">{ends}</p>
<input type="email" autocomplete="username" value="{esc(me.email)}" readonly hidden>
<label for="password-first">{tr("New password, of at least 8 characters")}</label><input id="password-first"
 name="password" type="password" minlength="8" maxlength="1024" required autocomplete="new-password">
<label for="password-again">{tr("Once more")}</label><input id="password-again" type="password" required
 maxlength="1024" autocomplete="new-password">
<p class="problem" role="alert" hidden></p>
<p><button type="submit" class="primary">{tr("Set it")}</button></p></form>"""


def _account(me: PersonPublic) -> str:
    elsewhere = tr(
        "What may be done with what you write, and a file with everything that Attune holds about you: {page}.",
        page=f'<a href="/about-me#data">{tr("About me")}</a>',
    )
    asked = tr(
        "This erases your account with every document, conversation and everything learned. Nothing can bring it back. "
        "Type your e-mail address to go on."
    )
    return f"""<p class="muted">{elsewhere}</p>
<p class="controls"><button type="button" id="logout">{tr("Log out")}</button></p>
<details id="erasing"><summary>{tr("Erase my account")}</summary><form id="erase" class="state"
 data-email="{esc(me.email)}"><label for="erase-email">{asked}</label><input id="erase-email" required
 autocomplete="off" autocapitalize="none" spellcheck="false"><p class="problem" role="alert" hidden></p>
<p><button type="submit" class="danger">{tr("Erase everything")}</button></p></form></details>"""
