"""Bodies of multipart/form-data, made of pieces. The boundary is `b`, as in the content type of the vectors."""

from .encrypting import Length, Piece


def part(name: str, *content: Piece, type: str | None = None, filename: str | None = None, more: str = "") -> tuple:
    """A part as browsers write it. `more`: further header lines, each with its line end."""
    file = "" if filename is None else f'; filename="{filename}"'
    kind = "" if type is None else f"Content-Type: {type}\r\n"
    return headed(f'Content-Disposition: form-data; name="{name}"{file}\r\n{kind}{more}', *content)


def measured(name: str, *content: Piece, type: str | None = None, filename: str | None = None) -> tuple:
    """A part that says how long it is."""
    disposition, _, *rest = part(name, *content, type=type, filename=filename)
    return ("Content-Length: \t", Length(content), f" \r\n{disposition}", "\r\n", *rest)


def headed(lines: str | bytes, *content: Piece) -> tuple:
    """A part with these header lines, each with its line end."""
    return (lines, "\r\n", *content)


def form(*parts: tuple, boundary: str = "b", end: str = "\r\n") -> tuple:
    """A body. `end`: what stands behind the last boundary."""
    mark = f"--{boundary}"
    pieces = (piece for one in parts for piece in (f"{mark}\r\n", *one, "\r\n"))
    return (*pieces, f"{mark}--{end}")
