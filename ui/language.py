"""In which language the pages speak to whoever looks, with its words, numbers and dates. Knows no page.

What is English in the code is the key of the catalogue `words/<language>.po`; values for `{placeholders}` come escaped.
"""

import io
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from starlette.requests import Request

LANGUAGES = {"en": "English", "de": "Deutsch"}  # each as it calls itself
ENGLISH = "en"
COOKIE = "attune_language"
WORDS = Path(__file__).parent / "words"
_YEAR = 365 * 24 * 60 * 60  # seconds
_LOCALES = {"en": "en_GB", "de": "de_DE"}
# What operators see is not in the catalogue.
_ENGLISH_ONLY = "/operator"

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def language() -> str:
    """The one that is spoken to whoever is looking."""
    return _spoken.get()


def speak(chosen: str) -> None:
    """From here on, in this task; what is no language of ours is English."""
    _spoken.set(chosen if chosen in LANGUAGES else ENGLISH)


async def speak_to(request: Request) -> None:
    """A dependency of routes: everything below speaks the language of whoever asks."""
    speak(ENGLISH if request.url.path.startswith(_ENGLISH_ONLY) else language_of(request))


def language_of(request: Request) -> str:
    """What the person chose, else what their browser asks for."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return _asked_for(request.headers.get("accept-language", ""))


def remember(request: Request, chosen: str | None) -> list[tuple[str, str]]:
    """The header that makes a browser remember what its person chose; none where it does, or nothing was chosen."""
    if chosen not in LANGUAGES or request.cookies.get(COOKIE) == chosen:
        return []
    return [("set-cookie", f"{COOKIE}={chosen}; Max-Age={_YEAR}; Path=/; SameSite=Strict")]


def _asked_for(header: str) -> str:
    """The first of ours in an Accept-Language header (RFC 9110, 12.5.4), by its weights."""
    weighed = list[tuple[float, str]]()
    for part in header.split(",")[:20]:
        name, _, weight = part.partition(";")
        try:
            weighed.append((-float(weight.strip().removeprefix("q=") or 1), name.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    return next(
        (name for weight, name in sorted(weighed, key=lambda one: one[0]) if weight and name in LANGUAGES), ENGLISH
    )


def tr(message: str, **values: object) -> str:
    """The message in the language that is spoken."""
    said = _words(language()).gettext(message)
    return said.format_map(values) if values else said


def trn(one: str, many: str, count: int, **values: object) -> str:
    """The message in the form that goes with `{count}`, which is written as the language writes numbers."""
    said = _words(language()).ngettext(one, many, count)
    return said.format_map({"count": number(count), **values})


def number(value: float) -> str:
    """Whole numbers in full, others to three digits that mean something."""
    if isinstance(value, int) and 0 <= value < 1000:
        return str(value)  # the same in all our languages, and what a long conversation counts a thousand times
    return format_decimal(value, "#,##0" if isinstance(value, int) else "@##", locale=_locale(language()))


def percent(share: float) -> str:
    return format_percent(share, locale=_locale(language()))


def day(moment: datetime) -> str:
    return format_date(moment, "long", locale=_locale(language()))


def short_day(moment: datetime) -> str:
    return format_date(moment, "medium", locale=_locale(language()))


def month(moment: datetime) -> str:
    return format_date(moment, "LLLL yyyy", locale=_locale(language()))


@cache
def catalogue(name: str) -> Catalog:
    """What is written in the catalogue of a language. English has none: its words stand in the code."""
    with (WORDS / f"{name}.po").open("rb") as file:
        return read_po(file, locale=_LOCALES[name])


@cache
def _words(name: str) -> NullTranslations:
    if name == ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(name))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(_LOCALES[name])
