"""``python -m xinzhi`` is the shell command ``xinzhi``."""

from xinzhi.cli import main

if __name__ == "__main__":
    main()
