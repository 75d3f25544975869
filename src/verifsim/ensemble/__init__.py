"""Many runs: cut into chunks, simulated by one process, several or a cluster, and kept to go on from."""

from verifsim.ensemble.many import bytes_kept, n_kept, n_twins, simulate_ensemble, simulate_twins
from verifsim.ensemble.plan import CHUNK
from verifsim.ensemble.reducing import outcomes_alone
from verifsim.ensemble.said import attributes
from verifsim.ensemble.way import Way, finished
from verifsim.ensemble.work import Arrays, Chunk, Failure, Job, Reduce, everything
from verifsim.ensemble.worth import jobs_worth, n_cpus

__all__ = [
    "CHUNK",
    "Arrays",
    "Chunk",
    "Failure",
    "Job",
    "Reduce",
    "Way",
    "attributes",
    "bytes_kept",
    "everything",
    "finished",
    "jobs_worth",
    "n_cpus",
    "n_kept",
    "n_twins",
    "outcomes_alone",
    "simulate_ensemble",
    "simulate_twins",
]
