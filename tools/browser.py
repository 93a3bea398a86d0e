"""Finds the Chromium and the Chinese font of the browser tests; `--install` fetches both from Debian."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (  # the first has no window at all: lighter, and it never hangs at closing one
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)
FLAGS = [  # asks nothing of any host
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
MISSING = (
    "The browser tests need Chromium and a Chinese font. Debian, as root: "
    "apt-get install chromium-headless-shell fonts-noto-cjk. Elsewhere: install Chromium and Noto Sans CJK, "
    "or name a Chromium binary in GEZHI_CHROMIUM."
)


def chromium() -> str | None:
    named = os.environ.get("GEZHI_CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Only fontconfig can tell; without it the answer is no."""
    if shutil.which("fc-list") is None:
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(fonts.stdout.strip())


def complete() -> bool:
    return chromium() is not None and has_chinese_font()


def _has_best() -> bool:
    return bool(os.environ.get("GEZHI_CHROMIUM") or shutil.which(NAMES[0]))


def install_from_debian() -> None:
    print("setup: Chromium and a Chinese font from Debian", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [*([] if _has_best() else [NAMES[0]]), "fonts-noto-cjk", "fontconfig"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )


def main(arguments: list[str]) -> int:
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None
    if "--install" in arguments and not (complete() and _has_best()) and debian and os.geteuid() == 0:
        install_from_debian()
    if not complete():
        print(f"setup: {MISSING}", file=sys.stderr)
        return 1
    if "--install" not in arguments:
        print(chromium())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
