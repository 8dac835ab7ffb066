"""`python -m core.simulate`: see core.simulate.play."""

import logging
import sys

import structlog

from core.simulate.play import main

if __name__ == "__main__":
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.exit(main())
