"""What a person said of themselves and of their sources, as lists on About me. Reads through the API."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from app.schemas_memory import FactPublic, FactsPublic, RulePublic, RulesPublic
from ui.client import ApiClient
from ui.language import day, number, tr, trn
from ui.markup import esc
from ui.preferences import confirm_deleting

_LISTED = 100  # facts on one page


async def said_by(person: ApiClient, after: str | None = None) -> tuple[FactsPublic, RulesPublic]:
    """A person's facts and rules; `after` continues a long list of facts."""
    return await asyncio.gather(person.facts(after, limit=_LISTED), person.rules())


def render_said(facts: FactsPublic, rules: RulesPublic) -> str:
    """The two sections."""
    more = f"/about-me?facts={quote(facts.next_cursor)}#facts" if facts.next_cursor else None
    used = tr(
        "Used as a source where a question is about you, and cited like any other. What you say of yourself in a "
        "question is listed here as well."
    )
    kept = tr("Attune keeps to all of these whenever it searches. Documents that you choose for a question come first.")
    asked = tr("Say which documents to use, or never to use")
    return f"""<section aria-labelledby="facts-title">
<h2 id="facts-title" tabindex="-1">{tr("What you told Attune")}</h2>
<p class="muted">{used}</p>
{_form("fact", "/api/v1/me/facts", tr("Say something about yourself"), tr("We use the S3 model"))}
<div id="facts">{_facts(facts.items, more)}</div></section>
<section aria-labelledby="rules-title"><h2 id="rules-title" tabindex="-1">{tr("Where answers may come from")}</h2>
<p class="muted">{kept}</p>
{_form("rule", "/api/v1/me/rules", asked, tr("Only use the 2024 manuals"))}
<div id="rules">{_rules(rules.items)}</div></section>"""


def _form(name: str, path: str, label: str, example: str) -> str:
    return f"""<form id="state-{name}" class="state" data-method="POST" data-path="{path}">
<label for="state-{name}-text">{label}</label>
<div class="row"><input id="state-{name}-text" name="text" maxlength="500" required autocomplete="off"
 placeholder="{example}">
<button type="submit" class="primary">{tr("Remember")}</button></div>
<p class="problem" role="alert" hidden></p></form>"""


def _facts(facts: Sequence[FactPublic], more: str | None) -> str:
    if not facts:
        said = tr("<b>Nothing yet.</b> Say it above, or in a question: “I am a nurse. Which shifts …?”")
        return f'<div class="empty"><p>{said}</p></div>'
    rest = f'<p><a id="more-facts" href="{esc(more)}">{tr("Show more")}</a></p>' if more else ""
    asked = tr("Delete all that you told Attune about yourself? This cannot be undone.")
    every = (
        '<p class="controls"><button type="button" class="danger" id="delete-facts" data-delete="/api/v1/me/facts" '
        f'data-confirm="{asked}">{tr("Delete all of these")}</button></p>'
    )
    return f'<ul class="cards">{"".join(_fact(fact) for fact in facts)}</ul>{rest}{every}'


def _fact(fact: FactPublic) -> str:
    path = f"/api/v1/me/facts/{fact.id}"
    said = f'<time datetime="{fact.created_at.isoformat()}">{day(fact.created_at)}</time>'
    where = tr("typed by you on {day}", day=said)
    if fact.conversation_id:
        asked = esc(fact.question or tr("a question"))
        link = f'<a href="/?c={esc(fact.conversation_id)}">{asked}</a>'
        where = tr("said on {day} in {question}", day=said, question=link)
    elif fact.source == "question":
        where = tr("said in a question on {day}", day=said)
    chips = [tr("Said by you"), *([] if fact.active else [tr("Switched off")])]
    return f"""<li class="card{"" if fact.active else " off"}" id="f-{esc(fact.id)}">
<h3 id="h-{esc(fact.id)}">{esc(fact.text)}</h3>{_chips(chips)}
<dl><div><dt>{tr("From")}</dt><dd>{where}</dd></div></dl>{_controls(fact.id, path, fact.active, fact.text)}
<details id="change-{esc(fact.id)}"><summary aria-describedby="h-{esc(fact.id)}">{tr("Correct it")}</summary>
<form id="form-{esc(fact.id)}" data-method="PATCH" data-path="{path}">
<label for="words-{esc(fact.id)}">{tr("In your words")}</label><input id="words-{esc(fact.id)}" name="text"
 maxlength="500" required autocomplete="off" value="{esc(fact.text)}">
<button type="submit" class="primary">{tr("Save")}</button>
<p class="problem" role="alert" hidden></p></form></details></li>"""


def _rules(rules: Sequence[RulePublic]) -> str:
    if not rules:
        said = tr("<b>No rule.</b> Answers may come from all of your documents.")
        return f'<div class="empty"><p>{said}</p></div>'
    return f'<ul class="cards">{"".join(_rule(rule) for rule in rules)}</ul>'


def _rule(rule: RulePublic) -> str:
    path, chips = f"/api/v1/preferences/{rule.id}", [tr("Said by you")]
    chips += [tr("Pinned")] if rule.pinned else []
    chips += [] if rule.active else [tr("Switched off")]
    kept = number(rule.matches)
    matches = trn("{kept} of {count} document", "{kept} of {count} documents", rule.documents, kept=kept)
    said = tr("It leaves none of your documents, so no question can be answered from them.")
    nothing = f'<p class="warn">{said}</p>' if rule.active and rule.documents and not rule.matches else ""
    scope = f"<div><dt>{tr('Only for')}</dt><dd>{esc(rule.scope)}</dd></div>" if rule.scope else ""
    return f"""<li class="card{"" if rule.active else " off"}" id="r-{esc(rule.id)}">
<h3 id="h-{esc(rule.id)}">{esc(rule.text)}</h3>{_chips(chips)}
{nothing}<dl><div><dt>{tr("Leaves")}</dt><dd>{matches}</dd></div>{scope}</dl>
{_controls(rule.id, path, rule.active, rule.text)}</li>"""


def _chips(chips: Sequence[str]) -> str:
    return f'<p class="chips">{"".join(f"<span>{chip}</span>" for chip in chips)}</p>'


def _controls(identity: str, path: str, active: bool, text: str) -> str:
    one, switch = esc(identity), "true" if active else "false"
    return (
        f'<div class="controls"><button type="button" role="switch" class="switch" id="active-{one}" '
        f'data-patch="active" data-path="{path}" aria-checked="{switch}" '
        f'aria-describedby="h-{one}">{tr("In use")}</button>'
        f'<button type="button" class="danger" id="delete-{one}" data-delete="{path}" '
        f'data-confirm="{confirm_deleting(text)}" aria-describedby="h-{one}">{tr("Delete")}</button></div>'
    )
