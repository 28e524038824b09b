"""A screen that nobody looks at, for engines that only draw on one."""

import os
import shutil
import subprocess
from pathlib import Path

from PIL import ImageGrab
from PIL.Image import Image


class Display:
    """A virtual X screen of its own; `env` is what a program needs to draw on it."""

    def __init__(self, width: int, height: int) -> None:
        read_end, write_end = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24"],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            self.number = f":{answer.readline().strip()}"
        self.env = {**os.environ, "DISPLAY": self.number}

    @staticmethod
    def available() -> str | None:
        """None when a screen can be made, else the reason."""
        return None if shutil.which("Xvfb") else "Xvfb is not installed (make engines)"

    def picture(self) -> Image:
        """What the screen shows now."""
        return ImageGrab.grab(xdisplay=self.number)

    def screenshot(self, path: Path) -> None:
        """Save what the screen shows as a PNG."""
        self.picture().save(path)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
