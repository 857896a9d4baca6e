"""What kind of refusal an answer of the API is, in the language of whoever reads it. Its detail stays as it is: the API
speaks English to programs and people alike."""

from ui.connection import ApiError
from ui.language import ENGLISH, language, tr


def kind_of(error: ApiError) -> str:
    """The title of a refusal; in English the API's own, which says more."""
    kinds = {
        401: tr("Not logged in"),
        403: tr("Not allowed"),
        404: tr("Not found"),
        409: tr("Not possible just now"),
        413: tr("Too large"),
        422: tr("Cannot be taken like this"),
        429: tr("Too much at once"),
        503: tr("Not available just now"),
        507: tr("The disk is full"),
    }
    return error.title if language() == ENGLISH else kinds.get(error.status, error.title)
