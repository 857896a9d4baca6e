"""Five people who do random things with documents, groups and collections, and what each of them may then read.

Who may read what is worked out here a second time, from what was done and nothing else. Every document holds a word
that stands nowhere else; no word may come to whom its document is not open.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.services import Services
from generation.scripted import ScriptedModel
from tests.app.lending import collect, group_of, put, share
from tests.conftest import Upload

PERMISSIONS = ["read", "write", "manage"]
LEVELS = [None, *PERMISSIONS, "own"]


@dataclass
class Paper:
    """A document of somebody's, and the word that it alone holds."""

    id: str
    owner: int
    word: str
    alive: bool = True


@dataclass
class Box:
    """A collection: what is in it, and share -> (person or group id, permission)."""

    id: str
    owner: int
    papers: set[str] = field(default_factory=set)
    shares: dict[str, tuple[int | str, str]] = field(default_factory=dict)


@dataclass
class World:
    """What was done so far. A person is a number."""

    services: Services
    clients: list[httpx.AsyncClient]
    admin: httpx.AsyncClient
    ids: list[str]
    emails: list[str]
    upload: Upload
    chance: random.Random
    papers: list[Paper] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    groups: dict[str, list[int]] = field(default_factory=dict)  # the first leads
    turns: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # (who asked, the turn)

    # --- what ought to be
    def level(self, person: int, box: Box) -> str | None:
        """The most that a person may do with a collection."""
        if box.owner == person:
            return "own"
        given = [
            permission
            for to, permission in box.shares.values()
            if to == person or person in self.groups.get(str(to), ())
        ]
        return max(given, key=PERMISSIONS.index, default=None)

    def reaches(self, person: int, box: Box, wanted: str) -> bool:
        return LEVELS.index(self.level(person, box)) >= LEVELS.index(wanted)

    def may_read(self, person: int, paper: Paper) -> bool:
        held = [box for box in self.boxes if paper.id in box.papers]
        return paper.alive and (paper.owner == person or any(self.level(person, box) for box in held))

    def foreign(self, person: int, text: str) -> set[str]:
        """Words in a text that are of documents which are not this person's and not open to them."""
        lowered = text.lower()
        closed = (paper for paper in self.papers if paper.owner != person and not self.may_read(person, paper))
        return {paper.word for paper in closed if paper.word in lowered}

    def check(self, person: int, what: str, text: str) -> None:
        assert not (leaked := self.foreign(person, text)), f"person {person} got {leaked} by {what}"

    # --- things that are done
    async def write(self, person: int) -> None:
        if sum(paper.alive for paper in self.papers) >= 12:
            return
        number = len(self.papers)
        word = f"zyx{number}quartz"
        text = f"The report {number} says that the code of the vault is {word}.\n\nIt was written for nobody else."
        added = await self.upload(self.clients[person], f"report {number}.txt", text)
        self.papers.append(Paper(added.document.id, person, word))

    async def delete(self, person: int) -> None:
        if paper := self._some([one for one in self.papers if one.alive]):
            wanted = 204 if paper.owner == person else 403 if self.may_read(person, paper) else 404
            if wanted == 204 and self.chance.random() < 0.5:
                return  # else nobody has much to share
            await self._do(wanted, person, "DELETE", f"documents/{paper.id}")
            if wanted == 204:
                paper.alive = False
                for box in self.boxes:
                    box.papers.discard(paper.id)

    async def collect(self, person: int) -> None:
        if len(self.boxes) < 8:
            self.boxes.append(Box(await collect(self.clients[person], "A box"), person))

    async def fill(self, person: int) -> None:
        box = self._some([one for one in self.boxes if self.reaches(person, one, "write")])
        mine = [one for one in self.papers if one.alive and one.owner == person]
        if box and (paper := self._some(mine)):
            await put(self.clients[person], box.id, paper.id)
            box.papers.add(paper.id)

    async def empty(self, person: int) -> None:
        if (box := self._some([one for one in self.boxes if one.papers])) is None:
            return
        identity = self.chance.choice(sorted(box.papers))
        owned = any(one.id == identity and one.owner == person for one in self.papers)
        wanted = 204 if owned or self.reaches(person, box, "manage") else 403 if self.level(person, box) else 404
        await self._do(wanted, person, "DELETE", f"collections/{box.id}/documents/{identity}")
        if wanted == 204:
            box.papers.discard(identity)

    async def share(self, person: int) -> None:
        if box := self._some([one for one in self.boxes if self.reaches(person, one, "manage")]):
            permission = self.chance.choice(PERMISSIONS)
            to: int | str = self._some([one for one in range(len(self.ids)) if one != box.owner]) or 0
            mine = [group for group, members in self.groups.items() if person in members]
            if mine and self.chance.random() < 0.5:
                to = self.chance.choice(mine)
            if to == box.owner:
                return
            named = {"group_id": to} if isinstance(to, str) else {"email": self.emails[to]}
            box.shares[await share(self.clients[person], box.id, permission, **named)] = (to, permission)

    async def take_back(self, person: int) -> None:
        if box := self._some([one for one in self.boxes if one.shares]):
            identity = self.chance.choice(sorted(box.shares))
            may = self.reaches(person, box, "manage") or box.shares[identity][0] == person
            wanted = 204 if may else 403 if self.level(person, box) else 404
            await self._do(wanted, person, "DELETE", f"collections/{box.id}/shares/{identity}")
            if may:
                del box.shares[identity]

    async def break_up(self, person: int) -> None:
        if (box := self._some(self.boxes)) and len(self.boxes) > 4:
            wanted = 204 if box.owner == person else 403 if self.level(person, box) else 404
            await self._do(wanted, person, "DELETE", f"collections/{box.id}")
            if wanted == 204:
                self.boxes.remove(box)

    async def gather(self, person: int) -> None:
        if len(self.groups) < 4:
            self.groups[await group_of(self.clients[person], "A group")] = [person]
        elif self.chance.random() < 0.2:
            group, members = self._group()
            wanted = 204 if members[0] == person else 403 if person in members else 404
            await self._do(wanted, person, "DELETE", f"groups/{group}")
            if wanted == 204:
                del self.groups[group]
                for box in self.boxes:
                    box.shares = {one: given for one, given in box.shares.items() if given[0] != group}

    async def join(self, person: int) -> None:
        if self.groups:
            group, members = self._group()
            body = {"email": self.emails[person]}
            if person != members[0]:
                await self._do(201, members[0], "POST", f"groups/{group}/members", body)
                members += [person] if person not in members else []

    async def leave(self, person: int) -> None:
        if self.groups:
            group, members = self._group()
            if person in members[1:]:
                by = self.chance.choice([person, members[0]])
                await self._do(204, by, "DELETE", f"groups/{group}/members/{self.ids[person]}")
                members.remove(person)

    async def lag(self, person: int) -> None:
        """The index says what it may not say any more, as after a crash between table and index."""
        if paper := self._some([one for one in self.papers if one.alive]):
            readers = {self.ids[paper.owner], *(f"collection:{box.id}" for box in self.boxes)}
            await self.services.index.set_readers(paper.id, frozenset(readers))

    # --- things that are read
    async def search(self, person: int) -> None:
        body: dict[str, Any] = {"query": "the code of the vault", "k": 50}
        if (box := self._some(self.boxes)) and self.chance.random() < 0.3:
            body["collections"] = [box.id]
        allowed = "collections" not in body or self.level(person, box) is not None
        answer = await self._do(200 if allowed else 404, person, "POST", "search", body)
        self.check(person, "search", answer.text)
        if allowed and "collections" not in body:
            open_to = {one.word for one in self.papers if self.may_read(person, one)}
            assert {word for word in open_to if word in answer.text} == open_to, "and all that is theirs"

    async def ask(self, person: int) -> None:
        number = self.chance.randrange(len(self.papers) + 1)
        question = self.chance.choice(
            [f"What does report {number} say about the code?", "What did you tell me today?", "And the code?"]
        )
        body: dict[str, Any] = {"question": question, "stream": False}
        mine = [turn for who, turn in self.turns[-40:] if who == person]
        if mine and self.chance.random() < 0.6:
            turn = self.chance.choice(mine)
            body["conversation_id"] = turn["conversation_id"]
            if self.chance.random() < 0.3:
                body |= {"question": turn["question"], "regenerates": turn["id"]}
        model = self.services.model
        assert isinstance(model, ScriptedModel)
        model.prompts.clear()
        answer = await self._do(200, person, "POST", "chat", body)
        self.check(person, "an answer", answer.text)
        self.check(person, "a prompt", str(model.prompts))
        self.turns.append((person, answer.json()))

    async def open(self, person: int) -> None:
        if paper := self._some(self.papers):
            wanted = 200 if self.may_read(person, paper) else 404
            for part in ("", "/passages", "/content"):
                await self._do(wanted, person, "GET", f"documents/{paper.id}{part}")

    def _group(self) -> tuple[str, list[int]]:
        group = self.chance.choice(sorted(self.groups))
        return group, self.groups[group]

    def _some(self, things: list[Any]) -> Any:
        return self.chance.choice(things) if things else None

    async def _do(self, wanted: int, person: int, method: str, path: str, body: Any = None) -> httpx.Response:
        response = await self.clients[person].request(method, f"/api/v1/{path}", json=body)
        assert response.status_code == wanted, f"{person} {method} {path}: {response.status_code} {response.text[:300]}"
        if response.status_code >= 400:
            self.check(person, "a refusal", response.text)
        return response
