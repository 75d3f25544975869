"""What a party can learn of the other: rules on arrays, without agents.

``ntm`` looks from afar, ``inference`` turns findings into belief, and belief into the
number a careful planner assumes. Truth, belief and finding are three things.
"""
