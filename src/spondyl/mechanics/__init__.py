"""Voxel finite elements: displacement, strain, stress, stiffness and strength of bone."""
