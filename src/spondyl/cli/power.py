"""``spondyl power``: how many animals a study needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, say, table

if TYPE_CHECKING:
    from spondyl.trial.power import Asked, Needed


def power(
    folder: Annotated[
        Path | None, typer.Argument(help="A study with a finished run: its spread, arms and test are taken.")
    ] = None,
    effect: Annotated[str, typer.Option(help="Difference from the control, such as '20 %'.")] = "20 %",
    cv: Annotated[float | None, typer.Option(help="Spread between animals over their mean.")] = None,
    arms: Annotated[int | None, typer.Option(help="Arms, the control among them; 2 by default.")] = None,
    wanted: Annotated[float, typer.Option("--power", help="Share of studies that shall find it.")] = 0.8,
    alpha: Annotated[float | None, typer.Option(help="Error level; 0.05 by default.")] = None,
    test: Annotated[str | None, typer.Option(help="parametric or rank.")] = None,
    attrition: Annotated[float, typer.Option(help="Share of animals that will give no value.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated studies.")] = 1,
    json: AsJson = False,
) -> None:
    """Say how many animals each arm needs for an effect, by formula and by simulated studies."""
    from spondyl.trial.power import STUDIES, needed

    asked, told = _asked(folder, effect, cv, arms, wanted, alpha, test, attrition)
    for line in told:
        say(line)
    found = needed(asked, seed)
    if json:
        as_json({**asdict(found), "studies": STUDIES, "seed": seed})
        return
    _tell(found, STUDIES)


def _asked(
    folder: Path | None,
    effect: str,
    cv: float | None,
    arms: int | None,
    wanted: float,
    alpha: float | None,
    test: str | None,
    attrition: float,
) -> tuple[Asked, list[str]]:
    from spondyl.errors import ComparisonError, Mistake
    from spondyl.quantity import convert
    from spondyl.trial.power import Asked

    told = []
    if folder is not None:
        from spondyl.study.pilot import pilot

        known = pilot(folder)
        told.append(known.said)
        cv = known.cv if cv is None else cv
        arms = known.arms if arms is None else arms
        alpha = known.alpha if alpha is None else alpha
        test = known.test if test is None else test
    if cv is None:
        allowed = "give the spread between animals (--cv 0.3), or a study with a finished run"
        raise ComparisonError(Mistake("power › cv", "nothing", allowed))
    share = convert(effect, "1", where="power › effect")
    return (
        Asked(
            effect=share,
            cv=cv,
            arms=2 if arms is None else arms,
            power=wanted,
            alpha=0.05 if alpha is None else alpha,
            test=test or "parametric",
            attrition=attrition,
        ),
        told,
    )


def _tell(found: Needed, studies: int) -> None:
    asked = found.asked
    rows = [
        (
            f"{point.n}",
            f"{point.formula:.3f}",
            f"{point.simulated:.3f}",
            f"{point.low:.3f} to {point.high:.3f}",
            "←" if point.n == found.n else "",
        )
        for point in found.curve
    ]
    header = ("animals an arm", "power by formula", f"in {studies} simulated studies", "95 % interval", "")
    table(header, rows, right=(0, 1, 2, 3))
    against = "the control" if asked.arms == 2 else f"the control, one of {asked.arms - 1} treated arms"
    what = (
        f"a difference of {100 * asked.effect:+.0f} % from {against} (CV {asked.cv:.2f}, {asked.test} test)"
    )
    if found.n is None:
        typer.echo(f"\nNot even {found.curve[-1].n} animals an arm find {what} with power {asked.power:g}.")
        return
    lost = f"; with {100 * asked.attrition:.0f} % lost, begin with {found.order}" if asked.attrition else ""
    typer.echo(
        f"\n{found.n} animals an arm find {what} with power {asked.power:g}{lost}: {found.total} in all."
    )
    typer.echo(
        "Fewer would likely miss it and be used in vain; more would be used without need (reduction, one of "
        "the 3Rs)."
    )
