"""Study file, folder, runner, cache and provenance."""

from spondyl.study.checking import Checked, check
from spondyl.study.create import create
from spondyl.study.design import Design, load_design
from spondyl.study.examine import Finding, examine
from spondyl.study.history import RunRecord
from spondyl.study.past import cited, history, latest, report, study_folder
from spondyl.study.progress import Event
from spondyl.study.runner import Run, run
from spondyl.study.status import Status, status

__all__ = [
    "Checked",
    "Design",
    "Event",
    "Finding",
    "Run",
    "RunRecord",
    "Status",
    "check",
    "cited",
    "create",
    "examine",
    "history",
    "latest",
    "load_design",
    "report",
    "run",
    "status",
    "study_folder",
]
