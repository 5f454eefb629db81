"""Pydantic's complaints in the house's grammar: where, what was given, what is allowed, the nearest word."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from spondyl.errors import Mistake, nearest_word


def mistakes_of(error: ValidationError, model: type[BaseModel], file: str) -> list[Mistake]:
    """Translate every complaint of `error` about `file`, which was read as `model`."""
    found: dict[str, Mistake] = {}
    for complaint in error.errors(include_url=False):
        place = [str(part) for part in complaint["loc"]]
        if place and place[-1].startswith(("float", "int", "str", "literal[")):
            place.pop()  # the branch of a union that was tried; the person wrote no such key
        where = f"{file}, {'.'.join(place)}" if place else file
        mistake = _translate(complaint, where, place, model)
        earlier = found.get(where)
        if earlier and earlier.given == mistake.given and mistake.allowed not in earlier.allowed:
            mistake = Mistake(
                where, mistake.given, f"{earlier.allowed}, or it {mistake.allowed}", earlier.nearest
            )
        found[where] = mistake
    return list(found.values())


def _translate(complaint: Any, where: str, place: list[str], model: type[BaseModel]) -> Mistake:
    kind, given = complaint["type"], complaint["input"]
    context = complaint.get("ctx", {})
    if kind == "missing":
        return Mistake(where, "nothing", "this key is needed")
    if kind == "extra_forbidden":
        known = _keys_at(model, place[:-1])
        return Mistake(
            where, "an unknown key", f"known keys here: {', '.join(known)}", nearest_word(place[-1], known)
        )
    if kind == "literal_error":
        choices = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        return Mistake(
            where, repr(given), f"must be {context['expected']}", nearest_word(str(given), choices)
        )
    if kind == "value_error":
        said = "tables that do not go together" if not place else _short(given)
        return Mistake(where, said, str(context["error"]))
    message = complaint["msg"]
    allowed = message[0].lower() + message[1:]
    return Mistake(where, _short(given), allowed.replace("input should", "must", 1))


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 80 else text[:77] + "..."


def _keys_at(model: type[BaseModel], place: list[str]) -> list[str]:
    """Return the keys that `model` knows at `place`; a mapping's own names (groups.NAME) are stepped over."""
    current: Any = model
    for part in place:
        field = current.model_fields.get(part) if _is_model(current) else None
        current = _inner_model(field.annotation) if field else current
    return sorted(current.model_fields) if _is_model(current) else []


def _is_model(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)


def _inner_model(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    inner = [_inner_model(part) for part in getattr(annotation, "__args__", ())]
    return next((part for part in inner if _is_model(part)), None)
