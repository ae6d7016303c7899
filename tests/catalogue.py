"""The interface's templates as they stand in the code."""

from pathlib import Path

from babel.messages.extract import extract_from_dir

SOURCE = Path(__file__).parents[1] / "src" / "xinzhi"


def templates() -> dict[str, str]:
    """English template to the place where it is first used."""
    found: dict[str, str] = {}
    for file, line, message, *_ in extract_from_dir(
        str(SOURCE), method_map=[("**.py", "python")], keywords={"t": None, "msg": None, "N_": None}
    ):
        found.setdefault(str(message), f"{file}:{line}")
    return found
