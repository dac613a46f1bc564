"""What every comparison of two values answers.

``AGREE``     both can be true together
``TENSION``   they may not both be true: only rounding, tolerance or vagueness could save them
``CONFLICT``  they cannot both be true
"""

from enum import IntEnum


class Outcome(IntEnum):
    """How two values stand to each other, from harmless to grave."""

    AGREE = 0
    TENSION = 1
    CONFLICT = 2


AGREE, TENSION, CONFLICT = Outcome
