"""What a person said of themselves and of their sources, as lists on About me. Reads through the API."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from app.schemas_memory import FactPublic, FactsPublic, RulePublic, RulesPublic
from ui.client import ApiClient
from ui.markup import esc, plural

_LISTED = 100  # facts on one page


async def said_by(person: ApiClient, after: str | None = None) -> tuple[FactsPublic, RulesPublic]:
    """A person's facts and rules; `after` continues a long list of facts."""
    return await asyncio.gather(person.facts(after, limit=_LISTED), person.rules())


def render_said(facts: FactsPublic, rules: RulesPublic) -> str:
    """The two sections."""
    more = f"/about-me?facts={quote(facts.next_cursor)}#facts" if facts.next_cursor else None
    return f"""<section aria-labelledby="facts-title"><h2 id="facts-title" tabindex="-1">What you told Attune</h2>
<p class="muted">Used as a source where a question is about you, and cited like any other. What you say of yourself in a
question is listed here as well.</p>
{_form("fact", "/api/v1/me/facts", "Say something about yourself", "We use the S3 model")}
<div id="facts">{_facts(facts.items, more)}</div></section>
<section aria-labelledby="rules-title"><h2 id="rules-title" tabindex="-1">Where answers may come from</h2>
<p class="muted">Attune keeps to all of these whenever it searches. Documents that you choose for a question come
first.</p>
{_form("rule", "/api/v1/me/rules", "Say which documents to use, or never to use", "Only use the 2024 manuals")}
<div id="rules">{_rules(rules.items)}</div></section>"""


def _form(name: str, path: str, label: str, example: str) -> str:
    return f"""<form id="state-{name}" class="state" data-method="POST" data-path="{path}">
<label for="state-{name}-text">{label}</label>
<div class="row"><input id="state-{name}-text" name="text" maxlength="500" required autocomplete="off"
 placeholder="{example}">
<button type="submit" class="primary">Remember</button></div><p class="problem" role="alert" hidden></p></form>"""


def _facts(facts: Sequence[FactPublic], more: str | None) -> str:
    if not facts:
        example = "“I am a nurse. Which shifts …?”"
        return f'<div class="empty"><p><b>Nothing yet.</b> Say it above, or in a question: {example}</p></div>'
    rest = f'<p><a id="more-facts" href="{esc(more)}">Show more</a></p>' if more else ""
    every = (
        '<p class="controls"><button type="button" class="danger" id="delete-facts" data-delete="/api/v1/me/facts" '
        'data-confirm="Delete all that you told Attune about yourself? This cannot be undone.">Delete all of these'
        "</button></p>"
    )
    return f'<ul class="cards">{"".join(_fact(fact) for fact in facts)}</ul>{rest}{every}'


def _fact(fact: FactPublic) -> str:
    path = f"/api/v1/me/facts/{fact.id}"
    said = f'<time datetime="{fact.created_at.isoformat()}">{fact.created_at:%-d %B %Y}</time>'
    where = f"typed by you on {said}"
    if fact.conversation_id:
        where = f'said on {said} in <a href="/?c={esc(fact.conversation_id)}">{esc(fact.question or "a question")}</a>'
    elif fact.source == "question":
        where = f"said in a question on {said}"
    return f"""<li class="card{"" if fact.active else " off"}" id="f-{esc(fact.id)}">
<h3 id="h-{esc(fact.id)}">{esc(fact.text)}</h3>{_chips(["Said by you", *([] if fact.active else ["Switched off"])])}
<dl><div><dt>From</dt><dd>{where}</dd></div></dl>{_controls(fact.id, path, fact.active, fact.text)}
<details id="change-{esc(fact.id)}"><summary aria-describedby="h-{esc(fact.id)}">Correct it</summary>
<form id="form-{esc(fact.id)}" data-method="PATCH" data-path="{path}">
<label for="words-{esc(fact.id)}">In your words</label><input id="words-{esc(fact.id)}" name="text" maxlength="500"
 required autocomplete="off" value="{esc(fact.text)}">
<button type="submit" class="primary">Save</button><p class="problem" role="alert" hidden></p></form></details></li>"""


def _rules(rules: Sequence[RulePublic]) -> str:
    if not rules:
        return '<div class="empty"><p><b>No rule.</b> Answers may come from all of your documents.</p></div>'
    return f'<ul class="cards">{"".join(_rule(rule) for rule in rules)}</ul>'


def _rule(rule: RulePublic) -> str:
    path, off = f"/api/v1/preferences/{rule.id}", [] if rule.active else ["Switched off"]
    matches = f"{rule.matches:,} of {plural(rule.documents, 'document')}"
    nothing = (
        '<p class="warn">It leaves none of your documents, so no question can be answered from them.</p>'
        if rule.active and rule.documents and not rule.matches
        else ""
    )
    scope = f"<div><dt>Only for</dt><dd>{esc(rule.scope)}</dd></div>" if rule.scope else ""
    return f"""<li class="card{"" if rule.active else " off"}" id="r-{esc(rule.id)}">
<h3 id="h-{esc(rule.id)}">{esc(rule.text)}</h3>{_chips(["Said by you", *(["Pinned"] if rule.pinned else []), *off])}
{nothing}<dl><div><dt>Leaves</dt><dd>{matches}</dd></div>{scope}</dl>
{_controls(rule.id, path, rule.active, rule.text)}</li>"""


def _chips(chips: Sequence[str]) -> str:
    return f'<p class="chips">{"".join(f"<span>{chip}</span>" for chip in chips)}</p>'


def _controls(identity: str, path: str, active: bool, text: str) -> str:
    one, switch = esc(identity), "true" if active else "false"
    return (
        f'<div class="controls"><button type="button" role="switch" class="switch" id="active-{one}" '
        f'data-patch="active" data-path="{path}" aria-checked="{switch}" aria-describedby="h-{one}">In use</button>'
        f'<button type="button" class="danger" id="delete-{one}" data-delete="{path}" '
        f'data-confirm="Delete “{esc(text)}”? It stops having any effect at once." '
        f'aria-describedby="h-{one}">Delete</button></div>'
    )
