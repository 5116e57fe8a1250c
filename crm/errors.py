"""The one exception that services and rules raise when something expected goes wrong."""


class DomainError(Exception):
    """An expected failure: a stable `code` and parameters, no words.

    The words a person reads are said by each app's `words.py`; the API publishes `code` as it is.
    Parameters never carry personal data: they may end in a log.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return self.code
