"""Indices of fragility as records: what each is made of, its versions, and the scores of every area."""
