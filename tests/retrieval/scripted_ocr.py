"""Stands for the OCR process: page 0 has a text, 1 fails in the engine, 2 aborts, 3 takes too long, 4 never ends."""

import json
import os
import signal
import sys
import time


def main() -> None:
    for line in sys.stdin:
        match int(line):
            case 0:
                reply = {"text": "a page"}
            case 1:
                reply = {"failure": "it ran out of memory"}
            case 2:
                os.abort()
            case 3:
                os.kill(os.getpid(), signal.SIGPROF)
            case _:
                time.sleep(60)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
