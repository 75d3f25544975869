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
        **figures(file),
        "verifsim_version": version("verifsim"),
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "python": platform.python_version(),
    }


def figures(file: ScenarioFile) -> dict[str, Any]:
    """The numbers of a scenario without which outcomes cannot be read off what runs recorded."""
    escalation, inspecting = file.scenario.escalation, file.scenario.inspecting
    return {
        "arms_race_months": escalation.arms_race_months,
        "visit_cost": inspecting.visit_cost,
        "regime_cost": inspecting.regime_cost,
        "production_lead_months": escalation.production_lead_months,
        "violation_believed_above": escalation.violation_believed_above,
    }
