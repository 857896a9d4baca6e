"""What is logged in as a person, and the form that makes a token for a program. Renders; asks nothing of the server."""

from collections.abc import Sequence
from datetime import datetime

from app.schemas import PersonPublic
from app.schemas_access import OwnTokenPublic, Scope
from ui.language import day, tr, trn
from ui.markup import esc

_LIVES = (7, 30, 90, 365)  # days
_USUAL = 90


def render_tokens(me: PersonPublic, tokens: Sequence[OwnTokenPublic]) -> str:
    """Browsers and programs in one list, newest first, and the form for another."""
    said = tr("Browsers that are logged in, and tokens for programs of yours. End what you do not know or do not need.")
    return f"""<p class="muted">{said}</p>
<ul class="cards" id="token-list">{"".join(_token(token) for token in tokens)}</ul>{_form(me)}"""


def _token(token: OwnTokenPublic) -> str:
    identity, label = esc(token.id), esc(token.label)
    may = tr("everything that you may") if token.scopes is None else ", ".join(_scope(one) for one in token.scopes)
    facts = [(tr("May"), may), (tr("Made"), _when(token.created_at)), (tr("Last used"), _when(token.last_used_at))]
    facts += [(tr("Ends"), _when(token.expires_at))] if token.expires_at else []
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    asked = tr("End “{label}”? Whatever uses it is logged out at once.", label=label)
    end = (
        f'<p class="chips"><span>{tr("This browser")}</span></p>'
        if token.current
        else f'<div class="controls"><button type="button" class="danger" data-end="{identity}" '
        f'data-confirm="{asked}" aria-describedby="t-{identity}">{tr("End it")}</button></div>'
    )
    return f'<li class="card"><h3 id="t-{identity}">{label}</h3><dl>{rows}</dl>{end}</li>'


def _when(moment: datetime | None) -> str:
    if moment is None:
        return tr("never")
    return f'<time datetime="{moment.isoformat()}">{day(moment)}</time>'


def _form(me: PersonPublic) -> str:
    scopes: tuple[Scope, ...] = ("read", "chat", "write") if me.role == "person" else ("read", "chat", "write", "admin")
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="scopes" value="{scope}"'
        f"{' checked' if scope == 'read' else ''}> {_scope(scope)}</label>"
        for scope in scopes
    )
    lives = "".join(
        f'<option value="{days}"{" selected" if days == _USUAL else ""}>'
        f"{trn('{count} day', '{count} days', days)}</option>"
        for days in _LIVES
    )
    once = tr("This is the token. It is shown this once: copy it to where it is needed.")
    return f"""<form id="new-token" class="state"><h3>{tr("A token for a program")}</h3>
<label for="token-label">{tr("What it is for")}</label><input id="token-label" name="label" maxlength="200" required
 autocomplete="off" placeholder="{tr("Notes on my laptop")}">
<fieldset><legend>{tr("What it may do")}</legend>{boxes}</fieldset>
<label for="token-days">{tr("How long")}</label><select id="token-days" name="days">{lives}</select>
<p class="problem" role="alert" hidden></p><p><button type="submit" class="primary">{tr("Make a token")}</button></p>
<div id="made" role="status" hidden><p>{once}</p><div class="row"><input id="made-token" readonly
 aria-label="{tr("The token")}"><button type="button" id="copy-token">{tr("Copy")}</button></div></div></form>"""


def _scope(scope: Scope) -> str:
    labels: dict[Scope, str] = {
        "read": tr("read and search"),
        "chat": tr("ask questions"),
        "write": tr("change what is yours"),
        "admin": tr("run the installation"),
    }
    return labels[scope]
