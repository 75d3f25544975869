"""The agents and the month: the only place that knows Mesa.

``world`` holds the month as a numbered list; ``party`` looks, infers, decides and acts;
``arsenal``, ``industry`` and ``movement`` keep its missiles; ``agreements`` keeps its word;
``happenings`` are the events a file dates; ``record`` writes everything down.
"""
