"""``python -m cli``: the ``regulars`` command where its console script is not on the path."""

from cli.main import main

main()
