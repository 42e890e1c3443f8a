"""`python -m dcant`: the same as the `dcant` command."""

import sys

from dcant.cli import main

sys.exit(main())
