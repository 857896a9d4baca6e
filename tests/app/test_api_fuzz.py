"""Requests made up from the API's own description: no route breaks, or answers what it does not describe."""

import asyncio
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.main import create_app
from app.server import serving
from app.services import Services
from app.settings import Settings

pytestmark = pytest.mark.slow

CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 40  # of each operation; the whole takes about a minute
PATIENCE = 120  # seconds: what a slow machine makes of a whole backup is no fault of a route
# Erasing the account that asks would make all the rest a 401.
SPARED = {("DELETE", "/api/v1/me"), ("DELETE", "/api/v1/auth/session")}


async def test_no_made_up_request_breaks_a_route_or_gets_an_answer_that_is_not_described(settings: Settings) -> None:
    app = create_app(settings)
    async with serving(app, "127.0.0.1", 0) as url:
        services: Services = app.state.services
        admin = await services.auth.create_person("ann@example.org", None, role="admin")
        token = await services.auth.issue_token(admin, "test")
        tried = await asyncio.to_thread(try_all, app, url, token)
    assert tried >= 20


def try_all(app: FastAPI, url: str, token: str) -> int:
    described = schemathesis.openapi.from_dict(app.openapi())
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    chosen = [operation for operation in operations if (operation.method.upper(), operation.path) not in SPARED]
    for operation in chosen:

        @bounds(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case[Any]) -> None:
            headers = {"Authorization": f"Bearer {token}"}
            case.call_and_validate(base_url=url, headers=headers, checks=list(CHECKS), timeout=PATIENCE)

        holds()
    return len(chosen)
