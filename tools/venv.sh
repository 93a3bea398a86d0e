#!/bin/sh
# Makes the Python environment in $1, or says what the machine lacks.
set -eu
target=$1

for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done

if [ -z "${python:-}" ]; then
    echo "setup: Python 3.11 or newer was not found." >&2
    echo "Install it (Debian 12: apt-get install python3 python3-venv), or name it: make setup PYTHON=/path/to/python3" >&2
    exit 1
fi

if [ -x "$target/bin/python" ] && "$target/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: python3-venv from Debian"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; } >/dev/null || true
    fi
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "setup: $python has no venv module. Install it (Debian 12, as root: apt-get install python3-venv)." >&2
        exit 1
    fi
fi

echo "setup: $target with $("$python" --version)"
"$python" -m venv --clear "$target"
