"""Complaints in themes: who is quoted, what is counted, what is no complaint any more."""

from datetime import timedelta

import numpy as np
import pytest

from app.models import utc_now
from app.schemas_quality import ThemesPublic
from app.services import Services
from app.themes_clusters import cluster, terms
from tests.app.logging_turns import Log
from tests.app.test_quality import person


def test_groups_are_those_that_are_near_each_other_on_average() -> None:
    random = np.random.default_rng(0)
    centres = np.eye(8, dtype=np.float32)[:3]
    rows = np.repeat(centres, (7, 4, 2), axis=0) + random.normal(0, 0.1, (13, 8)).astype(np.float32)
    lonely = np.eye(8, dtype=np.float32)[5:6]
    vectors = np.vstack([rows, lonely])[random.permutation(14)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = cluster(vectors, 0.5)
    assert [len(group) for group in found] == [7, 4, 2, 1]
    assert sorted(row for group in found for row in group) == list(range(14))
    for group in found:
        assert len({int(vectors[row].argmax()) for row in group}) == 1
    assert cluster(np.zeros((0, 8), np.float32)) == []


def test_terms_tell_a_group_from_the_others() -> None:
    leave, wifi = ["Parental leave policy?", "the leave policies of parents"], ["wifi password", "the password of wifi"]
    first, second, nobody = terms([leave, wifi, []])
    assert {"leave", "wifi"} & {*first} == {"leave"} and {*second} == {"wifi", "password"}
    assert nobody == []


@pytest.fixture
async def read(services: Services) -> ThemesPublic:
    """Ann agreed that others see her words, Ben did not; both miss the same."""
    ann, ben = await person(services, "ann@example.org", trains_others=True), await person(services, "ben@example.org")
    log, now = Log(services.database, ann, ben), utc_now()
    said = "The parental leave policy is missing"
    for who in (0, 1):
        turn = await log.turn(now, person=who, shown="*law")
        await log.say(turn, "down", now, text=f"{said} in the {('handbook', 'secret')[who]}", reasons=["incomplete"])
        mended = await log.turn(now, person=who, shown="*law")
        await log.say(mended, "down", now, text=said)
        await log.say(mended, "up", now + timedelta(seconds=1))
        await log.turn(now, person=who, abstained=True, question=f"{said} or is it?")
        await log.say(turn, "wrong", now, 1)
        await log.say(turn, "withdrawn", now + timedelta(seconds=1), 1)
    about = await log.turn(now, person=0)
    asked = await log.turn(now, person=0, question="Zebras were not what was meant")
    value = {"kind": "correction", "side": "dissatisfied", "satisfied": 0.1, "dissatisfied": 0.8, "version": "v"}
    await log.say(about, "next_message", now, **value, by=asked)
    old = await log.turn(now - timedelta(days=40), person=0)
    await log.say(old, "down", now - timedelta(days=40), text="Zebras again")
    return await services.themes.read(30, 5, now)


async def test_words_are_of_people_who_agreed_and_counts_of_all(read: ThemesPublic) -> None:
    (theme,) = read.themes
    assert (theme.complaints, theme.people, theme.kinds) == (4, 2, {"vote": 2, "abstained": 2})
    assert theme.reasons == {"incomplete": 2}
    assert {example.text for example in theme.examples} == {
        "The parental leave policy is missing in the handbook",
        "The parental leave policy is missing or is it?",
    }
    assert "parental" in theme.terms
    assert "secret" not in read.model_dump_json()


async def test_what_was_taken_back_or_is_long_ago_is_no_complaint(read: ThemesPublic) -> None:
    assert (read.complaints, read.hidden, read.alone, read.more) == (5, 2, 1, False)
