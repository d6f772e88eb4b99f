"""What long work says of itself, on a terminal only: one line, written over."""

import sys
from types import TracebackType


class Progress:
    """One line on standard error that tells how far the work is; nothing when it is no terminal.

    >>> with Progress("Build") as progress:
    ...     progress.tell("loading")
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._on = sys.stderr.isatty()

    def tell(self, step: str) -> None:
        """Show a step in place of the one before."""
        if self._on:
            sys.stderr.write(f"\r\x1b[K{self.what}: {step} …")
            sys.stderr.flush()

    def __enter__(self) -> "Progress":
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
