"""A µCT scanner: what a bone holds of mineral, blurred, sampled and noisy, as a scan."""

from spondyl.instrument.scanner.scanning import DOSES, Specimen, microct

__all__ = ["DOSES", "Specimen", "microct"]
