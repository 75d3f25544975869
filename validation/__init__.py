"""The model held against what happened: ``python -m validation`` writes docs/validation.md and its picture."""
