"""Bring the Chinese catalogue up to the code: new messages in, unused ones out; say what is missing. make words

Exit code 1 while a message is missing or fuzzy. The .pot is a step on the way and is not kept.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "xinzhi"
CATALOGUE = SOURCE / "locale" / "zh" / "LC_MESSAGES" / "xinzhi.po"
KEYWORDS = {"t": None, "msg": None, "N_": None}


def template() -> Catalog:
    """Every message of the code, without its places: they would change the file with every line of code."""
    catalogue = Catalog(project="xinzhi", charset="utf-8")
    brought = {message.id for path in SOURCE.glob("studies/*/zh.po") for message in read_po(path.open("rb"))}
    for _, _, message, *_ in extract_from_dir(str(SOURCE), method_map=[("**.py", "python")], keywords=KEYWORDS):
        if message not in brought:
            catalogue.add(message)
    return catalogue


def updated(now: bytes) -> Catalog:
    """The catalogue in ``now``, brought up to the code."""
    catalogue = read_po(io.BytesIO(now), locale="zh_CN")
    catalogue.update(template(), no_fuzzy_matching=False, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, no_location=True, omit_header=True, width=110)
    return HEADER.encode() + out.getvalue()


HEADER = """\
# Chinese interface texts. The English template in the code is the key. Brought up to the code by: make words
msgid ""
msgstr ""
"Project-Id-Version: xinzhi VERSION\\n"
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def lacking(catalogue: Catalog) -> list[str]:
    """What a person still has to translate or to look at."""
    return [
        f"{'fuzzy' if message.fuzzy else 'missing'}: {message.id}"
        for message in catalogue
        if message.id and (message.fuzzy or not message.string)
    ]


if __name__ == "__main__":
    before = CATALOGUE.read_bytes()
    catalogue = updated(before)
    after = written(catalogue)
    if after != before:
        CATALOGUE.write_bytes(after)
    left = lacking(catalogue)
    print("\n".join(left) or f"{len(catalogue)} messages, none missing, none fuzzy")
    sys.exit(1 if left else 0)
