"""kill -9 at any moment: what was shown as saved is there, and the file is whole."""

import os
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from config.paths import HomePaths
from ledger import lives
from ledger.store import open_ledger
from ledger.verify import verify
from ledger.witness import WitnessState, witness_state
from tests.unit.ledger.world import StandingClock, new_ledger

ROUNDS = 40 if os.environ.get("REGULARS_LONG") else 4
_SELL = """
    import sys
    from pathlib import Path
    from config.paths import HomePaths
    from ledger.store import open_ledger
    from tests.unit.ledger.world import StandingClock, append, sale

    with open_ledger(HomePaths(Path(sys.argv[1])), clock=StandingClock()) as ledger:
        while True:
            print(append(ledger, sale())[0].seq, flush=True)
"""


def test_a_killed_till_has_everything_that_it_showed_as_saved(tmp_path: Path) -> None:
    new_ledger(tmp_path).close()
    source = random.Random(11)
    shown = 0
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", textwrap.dedent(_SELL), str(tmp_path)]
        root = Path(__file__).parents[3]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as till:
            assert till.stdout is not None
            for _ in range(source.randrange(1, 60)):
                shown = int(till.stdout.readline())
            till.send_signal(signal.SIGKILL)
            rest = till.stdout.read().split()
            shown = int(rest[-1]) if rest else shown
        with open_ledger(HomePaths(tmp_path), clock=StandingClock()) as ledger:
            with ledger.read() as view:
                saved = lives.head(view).seq
                assert witness_state(view, ledger.paths) == WitnessState.AGREES
            # One more may have been saved than shown: the kill came between the two.
            assert saved in {shown, shown + 1}
            assert verify(ledger).differences == ()
        shown = saved
