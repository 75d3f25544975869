"""What is kept of a chunk of which not every month is."""

from __future__ import annotations

import numpy as np

from verifsim.ensemble.said import figures
from verifsim.ensemble.work import Arrays, Chunk
from verifsim.outcomes.reduced import reduced
from verifsim.results import labelled
from verifsim.scenario import ScenarioFile
from verifsim.scenario.vary import varied


def outcomes_alone(file: ScenarioFile, chunk: Chunk, recorded: Arrays) -> Arrays:
    """Keep what each run came to, sums over runs by month, and every month of the first runs."""
    runs = np.arange(chunk.first, chunk.end)
    inputs, drawn = varied(file.scenario, file.notes, runs)
    return reduced(labelled(recorded, inputs, runs, figures(file), drawn))
