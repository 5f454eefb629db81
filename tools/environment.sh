#!/bin/sh
# Make an environment with pip in it:  tools/environment.sh PYTHON FOLDER
#
# A bare Debian has Python without ensurepip. Then pip comes from the system's own pip or, failing that, from Debian's
# package of pip's wheel, unpacked inside the folder; nothing is installed on the system.
set -eu
python=$1
folder=$2

fail() {
  rm -rf "$folder"
  echo "$1" >&2
  exit 1
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  fail "'$python' is not Python 3.11 or later; name one with: make PYTHON=python3.12 ..."

rm -rf "$folder"
if "$python" -m venv "$folder" >/dev/null 2>&1; then
  exit 0
fi

rm -rf "$folder"
"$python" -m venv --without-pip "$folder" 2>/dev/null ||
  fail "'$python' cannot make environments. On Debian: apt-get install python3-venv"
if "$python" -m pip --python "$folder/bin/python" install --quiet pip >/dev/null 2>&1; then
  exit 0
fi

wheel() {
  mkdir -p "$folder/pip-wheel"
  (cd "$folder/pip-wheel" && apt-get download python3-pip-whl >/dev/null 2>&1 && dpkg -x ./*.deb .)
}
remedy="Python has no pip and none could be fetched. On Debian: apt-get install python3-venv"
wheel || { [ "$(id -u)" = 0 ] && apt-get update -qq >/dev/null 2>&1 && wheel; } || fail "$remedy"
found=$(find "$folder/pip-wheel" -name 'pip-*.whl' | head -n 1)
[ -n "$found" ] || fail "$remedy"
"$folder/bin/python" "$found/pip" install --quiet --no-index "$found" || fail "$remedy"
rm -rf "$folder/pip-wheel"
