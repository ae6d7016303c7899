"""``python -m xinzhi.dashboard`` and the options of ``streamlit run``: the page's server.

It imports the page and reads the model while the first browser still loads: its first script run then only draws.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from threading import Thread

PARTS = ("page", "notes")


def warm() -> None:
    """What a first visit would wait for. Broken content is told to the visitor, not here."""
    from xinzhi.dashboard.study_drawing import panel_of
    from xinzhi.errors import XinzhiError
    from xinzhi.project import load_project
    from xinzhi.studies.registry import all_studies

    for part in PARTS:
        import_module(f"xinzhi.dashboard.{part}")
    for study in all_studies().values():
        panel_of(study)
    try:
        load_project(os.environ.get("XINZHI_PROJECT")).run()
    except XinzhiError:
        return


def main() -> None:
    from streamlit.web import cli

    from xinzhi.show.streams import open_streams

    open_streams()
    Thread(target=warm, name="xinzhi-warm", daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what the server leaves to do once it has ended
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("service.py")), *sys.argv[1:]]
    try:
        cli.main(prog_name="streamlit", standalone_mode=False)
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
