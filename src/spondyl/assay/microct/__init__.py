"""The micro-CT assay: a scan to bone morphometry and densities."""
