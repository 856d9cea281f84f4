"""What the reference code says where EdgeSeal has to refuse."""


class Refused(Exception):
    """A request that is refused, with the code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
