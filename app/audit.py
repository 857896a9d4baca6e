"""What was done with access and with data for good, a line of JSON each in the log `attune.audit`.

Identifiers, roles and addresses only: no e-mail, no name, no text of anybody; the id of the request stands before it.
"""

import json
import logging
from typing import Literal

Action = Literal[
    "logged in",
    "login failed",
    "logged out",
    "token made",
    "login link made",
    "password changed",
    "person added",
    "erasure ordered",
    "person erased",
    "model promoted",
    "model refused",
    "model rolled back",
    "consent given",
    "consent withdrawn",
    "training started",
    "training ended",
    "training cancelled",
    "training policy changed",
    "passage labelled",
    "feedback exported",
    "home backed up",
    "token revoked",
    "role changed",
    "invite made",
    "invite taken back",
    "signed up",
    "group made",
    "group removed",
    "member put",
    "member removed",
    "collection removed",
    "collection shared",
    "share taken back",
    "login linked",
    "login unlinked",
    "documents shared",
    "document taken back",
]

log = logging.getLogger("attune.audit")


def note(action: Action, **who: str | int | None) -> None:
    """`who` says for instance `person` (whose access), `by` (the id of who did it for them), `address`."""
    known = {name: value for name, value in who.items() if value is not None}
    log.info("%s", json.dumps({"action": action} | known))
