"""The dated story of one run, told from its results alone.

``recorded`` holds what was recorded of the run, ``findings``, ``minds``, ``words``, ``deeds`` and
``course`` tell one kind of happening each, ``telling`` puts them in order.
"""

from verifsim.story.telling import KINDS, Line, story

__all__ = ["KINDS", "Line", "story"]
