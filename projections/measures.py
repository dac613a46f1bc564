"""Units that measure the same, so that 8 km stands beside 5 miles: a short table, exact factors.

==========  =======================================================================
length      kilometres, metres, centimetres, millimetres; miles, yards, feet, inches;
            nautical miles
area        square kilometres, hectares, square metres; acres, square miles
volume      litres, millilitres, cubic metres; cubic feet; barrels (of oil)
mass        kilograms, grams, milligrams, tonnes (metric tons); lb
time        seconds, minutes, hours, days, weeks
speed       km/h, m/s; mph; knots
energy      kWh, MWh, GWh, TWh                      power     kW, MW, GW
share       %, ‰
==========  =======================================================================

Each factor is a finite decimal by definition (the international yard and pound of 1959, the
nautical mile of 1929, the barrel of 42 US gallons), so conversion to the base unit is exact.
Left out is what only looks alike: *ton* and *gallon* (of which there are several), *pound*,
*ounce*, *m*, *g*, *t*, months and years, °C and °F (a difference converts otherwise than a
level), percentage points, and every currency. What is not in the table is commensurable with
itself alone; whether two words count the same things (people, deaths) is for a person to say.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Final

from ledger.decimals import exact
from ledger.names import fold
from ledger.values import Interval

_TABLE: Final = {
    "length": {
        "1": "metre metres meter meters mètre mètres",
        "1000": "km kilometre kilometres kilometer kilometers kilomètre kilomètres",
        "0.01": "cm centimetre centimetres centimeter centimeters centimètre centimètres",
        "0.001": "mm millimetre millimetres millimeter millimeters millimètre millimètres",
        "1609.344": "mile miles mi",
        "0.9144": "yard yards",
        "0.3048": "foot feet ft",
        "0.0254": "inch inches",
        "1852": "nautical_mile nautical_miles mille_marin milles_marins",
    },
    "area": {
        "1": "m² m2 sq_m square_metre square_metres square_meter square_meters mètre_carré "
        "mètres_carrés",
        "1000000": "km² km2 sq_km square_kilometre square_kilometres square_kilometer "
        "square_kilometers kilomètre_carré kilomètres_carrés",
        "10000": "ha hectare hectares",
        "4046.8564224": "acre acres",
        "2589988.110336": "sq_mi square_mile square_miles",
    },
    "volume": {
        "1": "litre litres liter liters",
        "0.001": "ml millilitre millilitres milliliter milliliters",
        "1000": "m³ m3 cubic_metre cubic_metres cubic_meter cubic_meters mètre_cube mètres_cubes",
        "28.316846592": "cubic_foot cubic_feet",
        "158.987294928": "bbl barrel barrels barrel_of_oil barrels_of_oil baril barils",
    },
    "mass": {
        "1": "kg kilogram kilograms kilogramme kilogrammes",
        "0.001": "gram grams gramme grammes",
        "0.000001": "mg milligram milligrams milligramme milligrammes",
        "1000": "tonne tonnes metric_ton metric_tons metric_tonne metric_tonnes",
        "0.45359237": "lb lbs",
    },
    "time": {
        "1": "second seconds seconde secondes",
        "60": "minute minutes",
        "3600": "hour hours heure heures",
        "86400": "day days jour jours",
        "604800": "week weeks semaine semaines",
    },
    "speed": {
        "1": "km/h kph kmh",
        "3.6": "m/s",
        "1.609344": "mph",
        "1.852": "knot knots",
    },
    "energy": {"1": "kwh", "1000": "mwh", "1000000": "gwh", "1000000000": "twh"},
    "power": {
        "1": "kw kilowatt kilowatts",
        "1000": "mw megawatt megawatts",
        "1000000": "gw gigawatt gigawatts",
    },
    "share": {"1": "%", "0.1": "‰"},
}

ONE: Final = Decimal(1)
_SHOWN_DIGITS: Final = 12

_UNITS: Final = {
    fold(name.replace("_", " ")): (dimension.upper(), Decimal(factor))
    for dimension, factors in _TABLE.items()
    for factor, names in factors.items()
    for name in names.split()
}


@lru_cache(maxsize=4_096)
def measure(unit: str | None) -> tuple[str, Decimal]:
    """Return what a unit measures, and how many base units it is.

    A unit that the table does not have measures itself, and no unit measures nothing. What is
    measured is in capitals, as no folded unit is.

    >>> measure("miles"), measure("people"), measure(None)
    (('LENGTH', Decimal('1609.344')), ('people', Decimal('1')), ('', Decimal('1')))
    """
    if unit is None:
        return "", ONE
    folded = fold(unit)
    return _UNITS.get(folded, (folded, ONE))


def converting() -> Mapping[str, Decimal]:
    """Return the folded units whose amounts are other numbers in base units, with their factors."""
    return {unit: factor for unit, (_, factor) in _UNITS.items() if factor != ONE}


def converts(unit: str | None) -> bool:
    """Whether amounts in this unit are other numbers in the base unit of what it measures."""
    return measure(unit)[1] != ONE


def factors(units: Iterable[str | None]) -> tuple[Decimal, ...] | None:
    """Return by what to multiply amounts in these units so that all are in one.

    Amounts of one unit stay as they are; ``None`` where two of them measure different things.
    """
    measured = [measure(unit) for unit in units]
    if len(set(measured)) < 2:
        return (ONE,) * len(measured)
    if len({dimension for dimension, _ in measured}) > 1:
        return None
    return tuple(factor for _, factor in measured)


def scaled(interval: Interval, factor: Decimal) -> Interval:
    """Return an interval in another unit; ``factor`` is above zero."""
    if factor == ONE:
        return interval
    return Interval(
        None if interval.lower is None else exact(interval.lower, "*", factor),
        None if interval.upper is None else exact(interval.upper, "*", factor),
        interval.lower_open,
        interval.upper_open,
    )


def shown_in(number: Decimal, factor: Decimal) -> Decimal:
    """Return an amount of base units in a unit of ``factor``, to be shown: twelve digits of it."""
    if factor == ONE:
        return number
    with localcontext() as context:
        context.prec = _SHOWN_DIGITS
        return number / factor
