"""`python -m core.simulate`: see core.simulate.play."""

import sys

from core.simulate.play import be_quiet, main

if __name__ == "__main__":
    be_quiet()
    sys.exit(main())
