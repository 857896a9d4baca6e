"""Typed settings from ATTUNE_* variables and an optional attune.toml in the home. Nothing else reads os.environ."""

import os
from difflib import get_close_matches
from pathlib import Path, PurePath
from tomllib import TOMLDecodeError
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

MEBIBYTE = 1024 * 1024


class SettingsError(ValueError):
    """A setting that cannot work; the message names it and the remedy."""


class Settings(BaseSettings):
    """Everything an installation can choose. The defaults run the whole product on one laptop."""

    model_config = SettingsConfigDict(env_prefix="ATTUNE_", extra="forbid", frozen=True, validate_default=True)

    home: Path = Path(platformdirs.user_data_dir("attune"))
    cache: Path = Path(platformdirs.user_cache_dir("attune"))
    deployment: Literal["laptop", "server"] = "laptop"
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    drain_seconds: float = Field(default=15.0, ge=0)  # how long answers may go on after we were asked to stop
    trusted_proxies: str = "127.0.0.1,::1"  # whose word on a client's address and scheme is taken; "*": everybody's

    # Who may read GET /metrics: nobody, operators (by their token), or everybody who reaches the port.
    metrics: Literal["off", "operators", "open"] = "operators"
    # otlp: each turn as a trace, to OTEL_EXPORTER_OTLP_ENDPOINT; needs the extra `telemetry`.
    traces: Literal["off", "otlp"] = "off"

    database_url: str | None = None  # None: SQLite inside the home
    secret_key: SecretStr | None = None  # None on a laptop: made once and kept in the home
    token_days: int = Field(default=30, ge=1, le=3650)
    # Who may make an account: everybody, who has an invite, whom the provider below vouches for, nobody.
    sign_up: Literal["open", "invite", "provider", "closed"] = "closed"

    # A provider that people can log in with (OpenID Connect): its address, and what it gave to this installation.
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None  # None: a public client; PKCE is always used
    oidc_name: str = "your organisation"  # for people to read
    oidc_group: str | None = None  # only who has it in the claim `groups` may log in

    index: Literal["edge", "server"] = "edge"
    qdrant_url: str | None = None
    qdrant_api_key: SecretStr | None = None

    encoder: str = "minilm"  # "minilm" (the wheel), "hash" (no model), a folder, or a sentence-transformers name
    llm: Literal["local", "openai", "scripted"] = "local"
    llm_model: str = "smollm2"  # "smollm2", a folder, a hub name, or the server's model name
    adapter: str = "shipped"  # of the local model: "shipped", "stock" (none), or a folder
    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = None
    llm_timeout: float = Field(default=120.0, gt=0)  # seconds
    # Where the model server sees the folder `models` of this home, if it loads adapters while it runs (vLLM): then a
    # promoted generator answers there. None: it loads none.
    llm_adapters: PurePath | None = None

    retrieve_limit: int = Field(default=10, ge=1, le=100)
    # How often two neighbouring sources that the answer did not read are shown in each other's place, so that clicks
    # can be told from where they fell. 0: never.
    exploration: float = Field(default=0.1, ge=0, le=0.5)
    answer_max_tokens: int = Field(default=320, ge=16, le=8192)
    selector: str = "encoder"  # "student" (a small trained reader), "encoder", "none", or a trained one's folder
    retriever: str = "stock"  # "stock" (questions as the encoder reads them), or a trained one's folder
    # Of citations: "shipped", "none" (words alone decide), or a folder. None: shipped, beside an encoder with weights.
    verifier: str | None = None
    # What the next message says of an answer: "shipped", "none", or a folder. None: shipped, beside the encoder that it
    # was fitted to.
    signals: str | None = None
    # Beside it: how likely the generator finds praise of the answer (a dozen short readings after each next message),
    # and what it says of that message by a rubric. The embedded model is too small for the rubric.
    flr: bool = False
    rubric: bool = False
    # The share of questions, of people who wish to compare, that get two answers: the champion's and `challenger`'s, a
    # version in this home as `attune models list` names it; None: the champion's own, less sure of its words.
    comparisons: float = Field(default=0.0, ge=0, le=1)
    challenger: str | None = None
    announce_url: SecretStr | None = None  # is sent a line of JSON when a training run ends; often holds a secret
    personalization: Literal["on", "off"] = "on"  # off: nothing is learned from edits, and nothing learned is used
    abstain_below: float | None = Field(default=None, ge=0, le=1)  # None: the selector's own threshold

    max_upload_bytes: int = Field(default=200 * MEBIBYTE, ge=1)
    fetch_urls: Literal["on", "off"] = "off"  # on: people may have pages and files fetched from public web addresses
    upload_stall_seconds: float = Field(default=60.0, gt=0)  # without a byte of an upload, until it is given up
    load_seconds: float = Field(default=300.0, gt=0)  # wall clock for reading one file
    load_memory_bytes: int = Field(default=2048 * MEBIBYTE, ge=256 * MEBIBYTE)

    # Of one person; attempts to log in: of one address. 0: no limit. None: by deployment, app/rate_limits.py says what.
    questions_per_minute: int | None = Field(default=None, ge=0)
    answers_at_once: int | None = Field(default=None, ge=0)
    searches_per_minute: int | None = Field(default=None, ge=0)
    uploads_per_minute: int | None = Field(default=None, ge=0)
    logins_per_minute: int | None = Field(default=None, ge=0)
    documents_per_person: int | None = Field(default=None, ge=0)
    bytes_per_person: int | None = Field(default=None, ge=0)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments beat the environment, which beats secret files, which beat attune.toml."""
        _refuse_misspelt(settings_cls)
        chosen: dict[str, Any] = {**env_settings(), **init_settings()}
        home = Path(chosen.get("home", platformdirs.user_data_dir("attune")))
        try:
            toml = TomlConfigSettingsSource(settings_cls, home / "attune.toml")
        except (OSError, UnicodeDecodeError, TOMLDecodeError) as error:
            raise SettingsError(f"{home / 'attune.toml'} cannot be read ({error}): correct it") from error
        return init_settings, env_settings, file_secret_settings, toml

    @field_validator("announce_url")
    @classmethod
    def _is_an_address(cls, given: SecretStr | None) -> SecretStr | None:
        if given and not _is_web_address(given.get_secret_value()):
            raise SettingsError("ATTUNE_ANNOUNCE_URL must be an address that begins with https:// or http://")
        return given

    @model_validator(mode="after")
    def _refuse_what_cannot_work(self) -> Self:
        if self.deployment == "server":
            weak = self.secret_key is None or len(self.secret_key.get_secret_value()) < 32
            if weak or (self.secret_key and "changeme" in self.secret_key.get_secret_value().lower()):
                raise SettingsError(
                    "ATTUNE_SECRET_KEY must be a random text of at least 32 characters outside the laptop: "
                    "set it to the output of `openssl rand -hex 32`"
                )
        if self.deployment == "laptop" and self.host not in {"127.0.0.1", "localhost", "::1"}:
            raise SettingsError(
                f"ATTUNE_HOST is {self.host!r}, which others can reach: keep 127.0.0.1, or set "
                "ATTUNE_DEPLOYMENT=server together with ATTUNE_SECRET_KEY"
            )
        if self.oidc_issuer:
            self._refuse_provider(self.oidc_issuer)
        elif self.sign_up == "provider":
            raise SettingsError("ATTUNE_SIGN_UP=provider needs ATTUNE_OIDC_ISSUER, the address of the provider")
        if self.index == "server" and not self.qdrant_url:
            raise SettingsError("ATTUNE_INDEX=server needs ATTUNE_QDRANT_URL, for example http://localhost:6333")
        if self.rubric and self.llm != "openai":
            raise SettingsError(
                f"ATTUNE_RUBRIC asks a capable model, and ATTUNE_LLM is {self.llm}: unset it, or set ATTUNE_LLM=openai"
            )
        if self.llm == "openai" and not self.llm_base_url:
            raise SettingsError("ATTUNE_LLM=openai needs ATTUNE_LLM_BASE_URL, for example http://localhost:8000/v1")
        return self

    def _refuse_provider(self, issuer: str) -> None:
        url = urlsplit(issuer)
        loopback = url.hostname in {"127.0.0.1", "localhost", "::1"}
        if url.scheme != "https" and not (url.scheme == "http" and loopback):
            raise SettingsError(
                f"ATTUNE_OIDC_ISSUER is {issuer!r}: whoever sits between could log in as anybody, use https"
            )
        if not self.oidc_client_id:
            raise SettingsError("ATTUNE_OIDC_ISSUER needs ATTUNE_OIDC_CLIENT_ID, as the provider gave it to you")


def _refuse_misspelt(settings: type[BaseSettings]) -> None:
    # pydantic reads the variables it knows and passes over the rest: a wrong letter would silently change nothing.
    known = [f"ATTUNE_{name.upper()}" for name in settings.model_fields]
    for name in sorted(os.environ):
        if name.upper().startswith("ATTUNE_") and name.upper() not in known:
            nearest = get_close_matches(name.upper(), known, n=1, cutoff=0)[0]
            raise SettingsError(f"{name} is not a setting: did you mean {nearest}? Correct it or unset it")


def _is_web_address(given: str) -> bool:
    """Whether a request can be sent there at all, for whoever sends it later has nobody to tell that it cannot."""
    import httpx

    try:
        url, port = httpx.URL(given), urlsplit(given).port
    except (httpx.InvalidURL, ValueError):  # ValueError: no number that a port may have
        return False
    return url.scheme in {"http", "https"} and bool(url.host) and port != 0
