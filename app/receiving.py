"""Taking a file in: where it lies until it is a document, and what is told of one for which there is no room."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from app.home import Home
from app.originals import Receiver, TooLargeError
from app.problems import Problem


@contextmanager
def receiving(home: Home, limit: int) -> Iterator[Receiver]:
    """A receiver of at most `limit` bytes that leaves nothing behind of what was not kept. Raises Problem 413, 507."""
    try:
        receiver = Receiver(home, limit)
        try:
            yield receiver
        finally:
            receiver.discard()
    except TooLargeError:
        raise too_large(limit) from None
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Problem(507, "the disk is full: nothing was kept; free some space and add the file again") from None


def too_large(limit: int) -> Problem:
    return Problem(
        413, f"the file is bigger than {limit} bytes, the limit here: split it, or raise ATTUNE_MAX_UPLOAD_BYTES"
    )
