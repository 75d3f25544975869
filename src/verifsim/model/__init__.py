"""The agents and the month: the only place that knows Mesa.

``world`` holds the month as a numbered list; ``party`` looks, infers, decides and acts;
``arsenal``, ``industry`` and ``movement`` keep its missiles; ``agreements`` keeps its word;
``happenings`` are the events a file dates; ``record`` writes everything down.
"""

import warnings

from tqdm import TqdmWarning

with warnings.catch_warnings():
    warnings.simplefilter("ignore", TqdmWarning)  # of Mesa's own bars, in a notebook without widgets
    import mesa  # noqa: F401
