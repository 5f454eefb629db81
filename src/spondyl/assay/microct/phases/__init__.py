"""Three phases: soft tissue, bone and scaffold, told apart by what was learnt on phantoms."""

from spondyl.assay.microct.phases.classifier import Classifier, Opinion, Training, opinion, scan_of, trained
from spondyl.assay.microct.phases.imaging import imaging_of
from spondyl.assay.microct.phases.misclassification import Misclassification, misclassification
from spondyl.assay.microct.phases.segmentation import PhaseSegmentation, materials_found, segment_phases

__all__ = [
    "Classifier",
    "Misclassification",
    "Opinion",
    "PhaseSegmentation",
    "Training",
    "imaging_of",
    "materials_found",
    "misclassification",
    "opinion",
    "scan_of",
    "segment_phases",
    "trained",
]
