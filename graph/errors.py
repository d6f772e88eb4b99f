"""Every error that a user can cause, in one tree.

The command line prints the message of a `RehabError` as one line and exits; any other
exception is a bug and keeps its traceback.
"""


class RehabError(Exception):
    """Something the user can mend; the message says what, where and what to do."""


class InvalidData(RehabError):
    """A table, dataset or imported file breaks a rule; nothing was written."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")


class UnknownName(RehabError):
    """No thing has that name or id; the message lists the nearest ones."""


class UnknownQuestion(RehabError):
    """No saved question has that name."""


class UnknownReport(RehabError):
    """No report has that name."""


class BadParameter(RehabError):
    """A question or report was given a parameter it cannot use."""


class BadQuery(RehabError):
    """A query of the user's own does not parse, or asks for more than reading."""


class BadQuestionFile(RehabError):
    """A saved question's header or text breaks a rule of the catalogue."""


class StoreError(RehabError):
    """The store cannot be opened or read."""


class OutputError(RehabError):
    """The answer cannot be written where it was asked for."""


class ServerError(RehabError):
    """The server cannot start."""


class ClusterError(RehabError):
    """Spark is missing or cannot be reached, or a job on it failed; nothing was written."""


class EmptyMarket(RehabError):
    """The amounts of a market add up to nothing, so it has no shares."""


class InvalidAmount(RehabError):
    """An amount is negative, infinite or not a number."""


class NetworkShapeError(RehabError):
    """A network does not have the shape that a measure needs."""
