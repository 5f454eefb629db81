"""Which channel of a picture shows what."""

from __future__ import annotations

from dataclasses import dataclass, fields

from spondyl.errors import MeasurementError, Mistake


@dataclass(frozen=True, slots=True)
class Channels:
    """Numbers of channels, from 1; None where there is none.

    Parameters
    ----------
    outline : shows the whole spheroid: phase contrast, or a stain of all nuclei.
    living : stains living cells only; where it is dark inside lies the necrotic core.
    cycling : stains cells that divide; where it is dark inside growth is inhibited.
    dead : stains dead cells only.

    Raises
    ------
    MeasurementError
        A number below 1, or the same channel for living and dead.
    """

    outline: int = 1
    living: int | None = None
    cycling: int | None = None
    dead: int | None = None

    def __post_init__(self) -> None:
        wrong = [
            Mistake(f"channel {f.name}", str(getattr(self, f.name)), "must be 1 or above")
            for f in fields(self)
            if getattr(self, f.name) is not None and getattr(self, f.name) < 1
        ]
        if self.living is not None and self.living == self.dead:
            wrong.append(Mistake("channel dead", str(self.dead), "must differ from that of the living"))
        if wrong:
            raise MeasurementError(wrong)

    def refuse_missing(self, count: int, name: str) -> None:
        """Refuse a picture that lacks one of the channels.

        Raises
        ------
        MeasurementError
            With every channel that is missing.
        """
        wrong = [
            Mistake(f"{name}, channel {f.name}", str(number), f"the picture has channels 1 to {count}")
            for f in fields(self)
            if (number := getattr(self, f.name)) is not None and number > count
        ]
        if wrong:
            raise MeasurementError(wrong)
