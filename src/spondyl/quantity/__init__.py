"""Numbers with passports: parameters, units and their sources."""

from spondyl.quantity.parameter import Kind, Parameter, Reference

__all__ = ["Kind", "Parameter", "Reference"]
