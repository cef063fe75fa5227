"""What an accelerator makes of an hour or a dollar."""

from dataclasses import dataclass

from bayescale.errors import PlanError

SECONDS_PER_HOUR = 3600.0

SLOWEST, FASTEST = 1e9, 1e18
"""FLOPs per second outside of which a number must be in another unit: no accelerator is near."""


@dataclass(frozen=True)
class Hardware:
    """An accelerator: what it computes at its peak, how much of that is used, what it costs.

    Parameters
    ----------
    flops_per_second : float
        Peak of one accelerator at the precision of training, without sparsity: 989e12 for an H100
        in bf16.
    utilization : float, default 0.4
        Share of the peak that training uses, in (0, 1]: the FLOPs of the accounting rule over those
        that the peak would allow (model FLOPs utilisation).
    price_per_hour : float, optional
        Dollars for one accelerator for an hour.
    name : str, default ""
        What people call it.

    Raises
    ------
    PlanError
        If a value has no meaning, or seems to be in another unit.

    Examples
    --------
    >>> from bayescale.compute.hardware import Hardware
    >>> h100 = Hardware(989e12, utilization=0.4, price_per_hour=2.5, name="H100")
    >>> f"{h100.flops_of_hours(1000):.4g}", f"{h100.flops_of_dollars(1e6):.4g}"
    ('1.424e+21', '5.697e+23')
    """

    flops_per_second: float
    utilization: float = 0.4
    price_per_hour: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        _require_positive("flops_per_second", self.flops_per_second)
        _require_unit(self.flops_per_second)
        if not 0 < self.utilization <= 1:
            percentage = 1 < self.utilization <= 100
            share = self.utilization / 100 if percentage else 0.4
            raise PlanError(
                f"utilization = {self.utilization:g} must be a share of the peak, above 0 and at "
                f"most 1; {'for this percentage' if percentage else 'if in doubt'} give {share:g}"
            )
        if self.price_per_hour is not None:
            _require_positive("price_per_hour", self.price_per_hour)

    def flops_of_hours(self, gpu_hours: float) -> float:
        """Return the FLOPs that training gets out of some hours, times accelerators.

        Raises
        ------
        PlanError
            If the hours are not a positive number.
        """
        _require_positive("gpu_hours", gpu_hours)
        return self._flops_per_hour * gpu_hours

    def flops_of_dollars(self, dollars: float) -> float:
        """Return the FLOPs that training gets out of some dollars.

        Raises
        ------
        PlanError
            If the dollars are not a positive number, or the hardware has no price.
        """
        _require_positive("dollars", dollars)
        return dollars / self.dollars_per_flop

    @property
    def dollars_per_flop(self) -> float:
        """Dollars that a FLOP of training costs; a PlanError if the hardware has no price."""
        if self.price_per_hour is None:
            raise PlanError(
                f"price_per_hour of {self.name or 'the hardware'} is not known, so FLOPs have no "
                "price; give it in dollars for one accelerator and hour"
            )
        return self.price_per_hour / self._flops_per_hour

    @property
    def _flops_per_hour(self) -> float:
        return self.flops_per_second * self.utilization * SECONDS_PER_HOUR


def _require_positive(name: str, value: float) -> None:
    if not 0 < value < float("inf"):
        raise PlanError(f"{name} = {value:g} must be positive and finite; give a number above 0")


def _require_unit(flops_per_second: float) -> None:
    if SLOWEST <= flops_per_second <= FASTEST:
        return
    if flops_per_second > FASTEST:
        guess = (
            "give the peak of one accelerator and not of a cluster, and divide FLOPs per hour "
            f"by {SECONDS_PER_HOUR:g}"
        )
    else:
        # Accelerators do 1e13 to 1e16: the size of the number tells the unit that it is in.
        factor, unit = (1e9, "gigaflops") if flops_per_second >= 1e4 else (1e12, "teraflops")
        if flops_per_second < 10:
            factor, unit = 1e15, "petaflops"
        guess = f"it seems to be in {unit}, so multiply it by {factor:.0e}"
    raise PlanError(
        f"flops_per_second = {flops_per_second:g} must lie between {SLOWEST:.0e} and "
        f"{FASTEST:.0e}; {guess}"
    )
