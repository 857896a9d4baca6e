"""What the lists of facts and rules show, case by case."""

from collections.abc import Sequence

from app.schemas_memory import FactPublic, FactsPublic, RulePublic, RulesPublic
from tests.ui.stand_in import StandIn
from tests.ui.wire_memory import a_fact, a_rule
from ui.facts import render_said
from ui.places import place_url
from ui.sources import render_sources

HOSTILE = """<img src=x onerror="x">'"""


def said(facts: Sequence[FactPublic] = (), rules: Sequence[RulePublic] = (), more: str | None = None) -> str:
    return render_said(FactsPublic(items=list(facts), next_cursor=more), RulesPublic(items=list(rules)))


def test_a_person_of_whom_nothing_is_known_is_told_how_to_begin() -> None:
    page = said()
    assert "Nothing yet" in page and "No rule" in page and "delete-facts" not in page


def test_a_fact_is_shown_with_where_it_was_said() -> None:
    typed = a_fact("I am a nurse.")
    found = a_fact("I live in Berlin.", source="question", turn_id="t", conversation_id="c-1", question="And the hut?")
    page = said([typed, found])
    assert "typed by you on" in page and "4 May 2026" in page
    assert '<a href="/?c=c-1">And the hut?</a>' in page
    assert page.index("I am a nurse.") < page.index("I live in Berlin.")


def test_what_is_switched_off_looks_so_and_can_be_switched_on() -> None:
    fact, rule = a_fact("I am a nurse.", active=False), a_rule("Only use the 2024 manuals", active=False)
    page = said([fact], [rule])
    assert page.count("Switched off") == 2 and page.count('aria-checked="false"') == 2
    assert f'data-path="/api/v1/me/facts/{fact.id}"' in page
    assert f'data-path="/api/v1/preferences/{rule.id}"' in page


def test_a_rule_says_what_it_leaves_now_and_warns_where_that_is_nothing() -> None:
    assert "4 of 31 documents" in said(rules=[a_rule("Only use the 2024 manuals")])
    nothing = said(rules=[a_rule("Only use the 1999 manuals", matches=0)])
    assert "0 of 31 documents" in nothing and "leaves none of your documents" in nothing
    empty = said(rules=[a_rule("Only use the 1999 manuals", matches=0, documents=0)])
    assert "leaves none" not in empty, "there is nothing to leave"


def test_markup_in_what_people_say_stays_text() -> None:
    page = said([a_fact(HOSTILE, conversation_id="c", question=HOSTILE)], [a_rule(HOSTILE, scope=HOSTILE)])
    assert "<img" not in page


def test_a_long_list_goes_on() -> None:
    assert 'href="/about-me?facts=abc%3D#facts"' in said([a_fact("I am a nurse.")], more="abc=")


def test_a_source_that_is_a_fact_or_a_conversation_leads_to_where_it_was_said() -> None:
    script = StandIn(passages=["one", "two"])
    fact, talk = script.exposures(script.accounts[script.add_person("ada@example.org")], cited=True)
    fact.kind, talk.kind = "fact", "conversation"
    assert place_url(fact) == f"/about-me#f-{fact.document_id}"
    assert place_url(talk) == f"/?c={talk.document_id}"
    page = render_sources([fact, talk], "t")
    assert "Open About me" in page and "Open the conversation" in page
