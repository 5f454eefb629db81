"""``spondyl new``: a study folder with an annotated study file."""

from __future__ import annotations

from importlib.resources import files as resources
from pathlib import Path

from spondyl import files
from spondyl.errors import DesignError, Mistake
from spondyl.study.animals import COLUMNS
from spondyl.study.settings import check_profile


def create(folder: Path | str, profile: str = "trabecular") -> Path:
    """Make a study folder; what is already there stays untouched.

    Raises
    ------
    DesignError
        When the profile is unknown or the folder already holds a study.
    """
    folder = Path(folder)
    check_profile(profile, "--profile")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        remedy = "choose a new name or an empty folder"
        raise DesignError(Mistake(str(folder), "something is already there", remedy))
    text = (resources("spondyl.study") / "template.toml").read_text("utf-8")
    try:
        files.write_text(folder / "animals.tsv", "\t".join(COLUMNS) + "\n")
        files.write_text(folder / ".gitignore", ".cache/\n.spondyl.lock\n")
        (folder / "data").mkdir()
        (folder / "parameters").mkdir()
        return files.write_text(folder / "study.toml", text.replace("@profile@", profile))
    except OSError as error:
        raise DesignError(
            Mistake(str(folder), f"cannot be written ({error.strerror})", "choose another place")
        ) from None
