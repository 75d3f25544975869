"""From YAML to a frozen, validated scenario.

``text`` parses, ``merge`` follows ``extends``, ``notes`` keeps ranges and sources,
``schema`` declares every key, ``load`` puts them together, ``explain`` says what is
wrong, ``write`` gives the resolved file.
"""

from verifsim.scenario.load import ScenarioFile, load_scenario, scenario_from
from verifsim.scenario.schema import Scenario

__all__ = ["Scenario", "ScenarioFile", "load_scenario", "scenario_from"]
