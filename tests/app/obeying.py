"""A process that does what it is told in place of training: says, fails, or waits beside one of its own."""

import os
import subprocess
import sys
import time

verb, *words = sys.argv[1:]
if verb == "say":
    print(os.environ[words[0]])  # noqa: T201 (the parent reads it)
elif verb == "fail":
    print(words[0], file=sys.stderr)  # noqa: T201 (likewise)
    sys.exit(3)
else:
    begun = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(os.getpid(), begun.pid, sep="\n", flush=True)  # noqa: T201 (likewise)
    time.sleep(60)
