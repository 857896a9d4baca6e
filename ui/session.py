"""Who looks at a page: the gate before it, and the API in the visitor's own name. Keeps nothing between requests."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.client import ApiClient, ApiError
from ui.language import remember, tr

COOKIE = "attune_session"
PERSON = "attune.person"  # key in the ASGI scope, written by the gate only
_HEADERS = "attune.headers"  # what the gate adds to the answer

# Programs and styles of the interface itself: the same for everybody, nothing of anybody's.
_OPEN = ("/assets/", "/static/", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
# Gradio compiles its templates in the browser, hence unsafe-eval; nothing may be fetched from or sent to elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def visitor(api: ApiClient, request: Request) -> ApiClient:
    """The API in the name of whoever sent this request. Raises ApiError 401 for nobody."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise ApiError(401, tr("Not logged in"), tr("your session has ended: log in again"))
    return api.as_person(token, api.base_url or own_address(request.scope))


def own_address(scope: Scope) -> str:
    """Where this request reached us: the socket's own address, never what a header claims."""
    host, port = scope["server"]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class SessionGate:
    """Lets through whom the API knows; sends other visitors to /login and answers their programs with 401."""

    def __init__(self, app: ASGIApp, api: ApiClient) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        refusal = _unknown_route(path) or _foreign_page(scope) or _heartbeat(path)
        if refusal is None and not path.startswith(_OPEN):
            refusal = await self._admit(scope)
        await (refusal or self._app)(scope, receive, _with_headers(send, scope.get(_HEADERS, ())))

    async def _admit(self, scope: Scope) -> Response | None:
        request = Request(scope)
        try:
            person = await visitor(self._api, request).me()
        except ApiError as error:
            if error.status != 401:
                return Response(str(error), 503, media_type="text/plain")
            if request.method in {"GET", "HEAD"} and scope["path"] == "/":
                return RedirectResponse("/login", 303)
            return JSONResponse({"error": error.detail, "detail": error.detail}, 401)
        scope[PERSON] = person.id
        # A browser that does not know yet what its person has chosen elsewhere: every page reads it from the cookie.
        scope[_HEADERS] = remember(request, person.language)
        return None


def _unknown_route(path: str) -> Response | None:
    # The pages are mounted at the root, so whatever no API route took ends up here.
    if path.startswith(("/api/", "/v1/")):
        problem = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": f"there is no route {path}"}
        return JSONResponse(problem, 404, media_type="application/problem+json")
    return None


def _heartbeat(path: str) -> Response | None:
    # Gradio keeps a request open for as long as a page is, and a browser opens six to a server: the sixth tab would
    # wait for ever. When one breaks, as it does while a laptop sleeps, the page's state is thrown away within the hour.
    return Response(status_code=204) if path.startswith("/gradio_api/heartbeat/") else None


def _foreign_page(scope: Scope) -> Response | None:
    # Handlers carry the cookie's authority on to the API as a bearer token, so the API's own check of the origin
    # cannot see a page of another site or port behind it; SameSite does not tell ports apart.
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None or urlsplit(origin).netloc == headers.get("host"):
        return None
    return JSONResponse({"detail": f"a page of {origin} may not act here"}, 403)


def _with_headers(send: Send, more: Iterable[tuple[str, str]]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            for name, value in more:
                headers.append(name, value)
        await send(message)

    return sending
