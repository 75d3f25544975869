"""How scenarios differ, and how sure that is: results in, differences of pairs with intervals out."""
