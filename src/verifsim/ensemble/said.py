"""What a results file says of itself."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

from verifsim.results import FORMAT
from verifsim.scenario import ScenarioFile
from verifsim.scenario.write import resolved_yaml

PACKAGES = ("numpy", "mesa", "xarray", "pydantic")
"""Packages whose versions may move numbers or files, beside our own."""


def attributes(file: ScenarioFile) -> dict[str, Any]:
    """What a results file says of itself."""
    scenario = file.scenario
    return {
        "format": FORMAT,
        "name": file.name,
        "title": scenario.title,
        "question": scenario.question,
        "answered_by": " ".join(scenario.answered_by),
        "scenario": resolved_yaml(file),
        "settings": "; ".join(s for s in file.settings if not s.startswith("ensemble.")),
        "seed": str(scenario.ensemble.seed),
        "arms_race_months": scenario.escalation.arms_race_months,
        "visit_cost": scenario.inspecting.visit_cost,
        "regime_cost": scenario.inspecting.regime_cost,
        "production_lead_months": scenario.escalation.production_lead_months,
        "violation_believed_above": scenario.escalation.violation_believed_above,
        "verifsim_version": version("verifsim"),
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "python": platform.python_version(),
    }
