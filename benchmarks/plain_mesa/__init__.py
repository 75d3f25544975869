"""A plain restatement of the model, written from docs/model.md alone, by someone who had not seen the code.

One `World` is one run: a `mesa.Model` of two parties, their programmes, the agreements between them and
China. Every step of the month is a method that names its section of the page. Nothing is vectorised, and
nothing is shared with verifsim: so that both agree says something of the page and of both.

`docs/rebuilt.md` says what was compared, what has been put right since, and how to repeat it.
"""
