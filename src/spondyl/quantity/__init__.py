"""Numbers with passports: parameters, units and their sources."""

from spondyl.quantity.bibliography import load_references, references
from spondyl.quantity.edge import convert, convert_number, lengths_mm
from spondyl.quantity.overriding import overrides
from spondyl.quantity.parameter import Kind, Parameter, Reference
from spondyl.quantity.stages import shipped, tables_below
from spondyl.quantity.tables import load_table
from spondyl.quantity.units import check_unit

__all__ = [
    "Kind",
    "Parameter",
    "Reference",
    "check_unit",
    "convert",
    "convert_number",
    "lengths_mm",
    "load_references",
    "load_table",
    "overrides",
    "references",
    "shipped",
    "tables_below",
]
