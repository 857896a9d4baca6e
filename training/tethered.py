"""A recipe, or the gate, in a process of its own that a server began. It ends when its server does, however that ends.

`python -m training.tethered train KIND ...` is `attune train KIND ...`; `... gate ORDER` is `evaluation.gate_apart`.
"""

import os
import sys
import threading
from pathlib import Path

_NICE = 15  # whoever asks comes first


def main() -> None:
    threading.Thread(target=_end_with_server, daemon=True).start()
    os.nice(_NICE)
    verb, *rest = sys.argv[1:]
    if verb == "gate":
        from evaluation import gate_apart

        gate_apart.decide(Path(rest[0]))
        return
    from training.commands import train_commands

    sys.argv = ["attune", "train", *rest]  # what the manifest says rebuilds the weights
    train_commands(args=rest, prog_name="attune train")


def _end_with_server() -> None:
    """Wait for the other end of standard input, which the kernel closes when the server dies: what goes on after that
    would write into a folder that the next server takes up."""
    os.read(sys.stdin.fileno(), 1)  # not its buffer, whose lock would be held when we end by ourselves
    os._exit(1)


if __name__ == "__main__":
    main()
