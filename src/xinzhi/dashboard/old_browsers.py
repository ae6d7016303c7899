"""A browser that cannot show Streamlit's page says so in Chinese and English; without this it stays white."""

from __future__ import annotations

import json
from html import escape

from xinzhi.show.words import LANGS, N_, t

OLDEST = {"chrome": 112, "edge": 112, "firefox": 116, "safari": 17}
"""The first versions with regular expressions that take the flag ``v``, which Streamlit's script uses as it begins."""
WORD = N_(
    "This page needs a newer browser: Chrome or Edge {chrome}, Firefox {firefox}, Safari {safari}, or a later version. "
    "Update this browser, or open the page in another one."
)
_SCRIPT = """<script>
(function () {
  try { new RegExp("a", "v"); return; } catch (old) {}
  function say() { document.body.innerHTML = WORDS; }
  if (document.body) { say(); } else { document.addEventListener("DOMContentLoaded", say); }
})();
</script>
"""


def script() -> str:
    """A script for any browser, which writes the word into the page where the browser is too old."""
    words = "".join(f'<p lang="{lang}">{escape(t(WORD, lang, **OLDEST))}</p>' for lang in LANGS)
    body = f'<div role="alert" style="max-width:40em;margin:3em auto;font-size:1.2em">{words}</div>'
    return _SCRIPT.replace("WORDS", json.dumps(body).replace("</", "<\\/"))


def with_a_word(page: bytes) -> bytes:
    """Streamlit's page with the script as the first thing that runs."""
    return page.replace(b"<head>", b"<head>\n" + script().encode(), 1)
