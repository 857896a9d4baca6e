"""A log of the size of years, written by SQL alone, for the tests of what is counted of it."""

import sqlite3
from pathlib import Path

# Scattered like random ids, and yet known from their number.
_ID = "lower(printf('%08x-0000-4000-8000-%012x', ({n} * 2654435761) % 4294967296, {n}))"
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {most} - 1) "
_AT = "strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '-' || ({n} * 86400 * {days} / {most} + 60) || ' seconds')"

TURNS, EVENTS, SHOWN, DOCUMENTS, PEOPLE = 200_000, 1_000_000, 3, 500, 100
_KINDS = """json_array('up','up','up','down','citation_opened','citation_opened','source_opened','helped','wrong',
'not_relevant','copied','next_message','withdrawn','citation_opened','up','reasked','helped','next_message','down',
'source_opened')"""
_READ = """'{"kind":"thanks","side":"' || iif(n % 3, 'satisfied', 'dissatisfied') || '","satisfied":0.7,'
|| '"dissatisfied":0.2,"version":"v","by":"' || TURN || '"}'"""


def fill(path: Path, days: int) -> None:
    """A million events on 200,000 turns over the last `days`, with 600,000 exposures of 500 documents."""
    turn = _ID.format(n="n")
    of_event = _ID.format(n=f"(n % {TURNS})")
    person = f"'p' || ({{n}} % {PEOPLE})"
    with sqlite3.connect(path) as log:
        log.execute("PRAGMA synchronous=OFF")
        log.execute(
            f"{_NUMBERS.format(most=PEOPLE)} INSERT INTO person (id, email, display_name, role, preferences_version,"
            " trains_others, created_at) SELECT 'p' || n, 'p' || n || '@example.org', 'P', 'person', 0, n % 2,"
            " '2020-01-01 00:00:00' FROM numbers"
        )
        log.execute(
            f"{_NUMBERS.format(most=PEOPLE)} INSERT INTO conversation (id, person_id, title, created_at, updated_at)"
            " SELECT 'c' || n, 'p' || n, 'T', '2020-01-01 00:00:00', '2020-01-01 00:00:00' FROM numbers"
        )
        log.execute(
            f"{_NUMBERS.format(most=TURNS)} INSERT INTO turn (id, conversation_id, person_id, question, shown,"
            " standalone_question, prompt, draft, answer, state, abstained, versions, preference_ids, timings,"
            f" prompt_tokens, completion_tokens, created_at) SELECT {turn}, 'c' || (n % {PEOPLE}),"
            f" {person.format(n='n')}, 'How much leave do I have?', 1, '', '[' || printf('%1500d', n) || ']',"
            " printf('%400d', n), 'There.', 'complete', n % 11 = 0,"
            """ '{"generator":"generator-' || (n % 4) || '","encoder":"encoder-1"}', '[]',"""
            """ '{"retrieve":' || (50 + n % 97) || ',"generate":' || (500 + n % 1999) || '}', 0, 0,"""
            f" {_AT.format(n='n', days=days, most=TURNS)} FROM numbers"
        )
        log.execute(
            f"{_NUMBERS.format(most=TURNS * SHOWN)} INSERT INTO exposure (id, turn_id, person_id, kind, document_id,"
            " passage_id, document_name, title, text, rank, score, propensity, selected, cited)"
            f" SELECT {_ID.format(n='(n + 1000000)')}, {of_event}, {person.format(n=f'(n % {TURNS})')}, 'document',"
            f" 'd' || ((n * 7919) % {DOCUMENTS}), 'x', 'd.pdf', 'D', printf('%600d', n), 1 + n / {TURNS}, 0.5, 1.0,"
            f" n < {TURNS}, n < {TURNS} / 2 FROM numbers"
        )
        log.execute(
            f"{_NUMBERS.format(most=EVENTS)} , events AS (SELECT n, json_extract({_KINDS}, '$[' ||"
            f" ((n * 7) % 20) || ']') AS kind FROM numbers) INSERT INTO feedback (id, person_id, turn_id, exposure_id,"
            f" kind, value, created_at) SELECT {_ID.format(n='(n + 9000000)')}, {person.format(n=f'(n % {TURNS})')},"
            f" {of_event}, iif(kind IN ('citation_opened', 'source_opened', 'helped', 'wrong', 'not_relevant'),"
            f" {_ID.format(n=f'(n % {TURNS} + 1000000)')}, NULL), kind,"
            f" iif(kind = 'next_message', {_READ.replace('TURN', of_event)}, '{{}}'),"
            f" {_AT.format(n=f'(n % {TURNS})', days=days, most=TURNS)} FROM events"
        )
