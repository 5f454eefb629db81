"""Reading a network from SBML."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spondyl.errors import Mistake, NetworkError
from spondyl.network.network import Network, Quantity

if TYPE_CHECKING:
    import libsbml

    from spondyl.network.roles import Roles


def read(source: str | Path, *, unitless: bool = False) -> Network:
    """Read a network of SBML Level 2 or 3.

    A compartment without a size has size 1. Species are followed as the file's identifiers mean them: a
    concentration, or an amount where the file says so.

    Parameters
    ----------
    source : a file, or the text itself.
    unitless : accept a file that gives its time or its quantities no units; numbers are then taken as they
    stand.

    Raises
    ------
    NetworkError
        Every mistake of the file: not readable, not SBML, invalid, without units, or beyond ordinary
        differential equations and events.

    Examples
    --------
    >>> from spondyl.network.examples import DECAY
    >>> net = read(DECAY)
    >>> net.species, net.time_unit, dict(net.system.defaults)
    (('A', 'B'), 'day', {'k': 0.5, 'cell': 1.0})
    """
    from spondyl.network.assemble import assemble
    from spondyl.network.document import parsed, sbml_text
    from spondyl.network.roles import roles
    from spondyl.network.units import time_unit

    text, where = sbml_text(source)
    document = parsed(text, where)  # held until the end: the model lives in it
    model = document.getModel()
    sorted_out = roles(model, where)
    quantities = {name: _quantity(model, name, sorted_out) for name in sorted_out.elements}
    unit, days = time_unit(model)
    without = ([] if unit else ["time"]) + _without(quantities, sorted_out)
    if without and not unitless:
        raise _no_units(where, without)
    return Network(
        name=model.getName() or model.getId() or where,
        sbml=text,
        where=where,
        quantities=quantities,
        time_unit=unit,
        days_per_time=days,
        unitless=tuple(without),
        events=tuple(event.getId() for event in model.getListOfEvents()),
        sources=_sources(model),
        notes=_plain(model.getNotesString()),
        system=assemble(model, sorted_out, where),
    )


def _quantity(model: libsbml.Model, name: str, roles: Roles) -> Quantity:
    from spondyl.network.units import quantity_unit

    element, kind = roles.elements[name], roles.kinds[name]
    set_by = "rule" if name in roles.assigned else "file" if roles.stays(name) else "rates"
    value = {"parameter": "Value", "compartment": "Size", "stoichiometry": "Stoichiometry"}.get(kind)
    return Quantity(
        name=name,
        title=element.getName() or name,
        kind=kind,
        value=float(getattr(element, f"get{value}")()) if value else _species_value(element),
        unit=quantity_unit(model, element, kind),
        set_by="events" if name in roles.by_events and set_by == "rates" else set_by,
        as_amount=kind == "species" and bool(element.getHasOnlySubstanceUnits()),
        sources=_sources(element),
        notes=_plain(element.getNotesString()),
    )


def _species_value(element: libsbml.Species) -> float | None:
    if element.isSetInitialAmount():
        return float(element.getInitialAmount())
    return float(element.getInitialConcentration()) if element.isSetInitialConcentration() else None


def _without(quantities: dict[str, Quantity], roles: Roles) -> list[str]:
    without = [name for name, quantity in quantities.items() if not quantity.unit]
    for reaction in roles.reactions.values():
        law = reaction.getKineticLaw()
        own = (*law.getListOfParameters(), *law.getListOfLocalParameters())
        without += [f"{reaction.getId()}.{local.getId()}" for local in own if not local.getUnits()]
    return without


def _no_units(where: str, without: list[str]) -> NetworkError:
    listed = ", ".join(without[:6]) + (f" and {len(without) - 6} more" if len(without) > 6 else "")
    allowed = "state them in the file, or read it with unitless=True to take its numbers as they stand"
    return NetworkError(Mistake(where, f"no unit for {listed}", allowed))


def _sources(element: Any) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for term in element.getCVTerms() or ():
        for place in range(term.getNumResources()):
            found.setdefault(term.getResourceURI(place))
    return tuple(found)


def _plain(notes: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", notes)).split())
