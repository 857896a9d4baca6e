"""The page where somebody says who they are; login.js does it. Asks nothing of the server."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ui.language import LANGUAGES, language, remember, speak, tr
from ui.plain import HEADERS, page

_HEAD = '<script src="/ui/login.js" defer></script><script src="/ui/provider.js" defer></script>'


def login_routes() -> APIRouter:
    """GET /login, for everybody; `language` is remembered by the browser."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def login(request: Request, language: str = "") -> HTMLResponse:
        if language in LANGUAGES:
            speak(language)
        response = HTMLResponse(page(f"{tr('Log in')} · Attune", render_login(), "login", _HEAD), headers=HEADERS)
        for name, value in remember(request, language):
            response.headers.append(name, value)
        return response

    return router


def render_login() -> str:
    """Both ways in, and the other languages."""
    once = tr("No password? <code>attune up</code> prints a login link that works once.")
    return f"""<h1 class="brand">Attune</h1><p class="muted">{tr("Answers from your own documents.")}</p>
<form id="code-form" hidden><p>{tr("This link logs you in once, on this browser.")}</p>
<button type="submit">{tr("Log in")}</button></form>
<form id="password-form"><label>{tr("E-mail")} <input name="email" type="email" autocomplete="username" required
autofocus></label><label>{tr("Password")} <input name="password" type="password" autocomplete="current-password"
required></label><button type="submit">{tr("Log in")}</button></form>
<p id="problem" class="problem" role="alert" hidden></p><p class="muted small">{once}</p>
<nav class="languages small" aria-label="{tr("Language")}">{_others()}</nav>"""


def _others() -> str:
    return " ".join(
        f'<a href="/login?language={one}" lang="{one}" hreflang="{one}">{name}</a>'
        for one, name in LANGUAGES.items()
        if one != language()
    )
