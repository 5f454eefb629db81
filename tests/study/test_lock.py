from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spondyl.errors import Busy
from spondyl.study.lock import is_locked, locked

HOLD = """
import sys
from pathlib import Path
from spondyl.study.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_runs_in_one_folder_exclude_each_other(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert is_locked(tmp_path)
        with pytest.raises(Busy, match="another run"), locked(tmp_path):
            pass
        other.kill()
    assert not is_locked(tmp_path)
    with locked(tmp_path):
        pass
