"""Radial mode: a spheroid as concentric shells of cells that live on what diffuses in."""
