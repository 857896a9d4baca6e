"""Why a measurement cannot be made, in words for the person who asked for it."""


class EvaluationError(Exception):
    """A measurement that cannot be made; the message names the value and the remedy."""


class DataError(EvaluationError):
    """A data set that cannot be read; the message names file and line, and what is wrong there."""
