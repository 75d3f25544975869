"""How fast verifsim is, how much memory it takes, and where the time goes: what `speed.py` writes down."""
