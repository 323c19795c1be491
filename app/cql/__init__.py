"""Filters in CQL2 (OGC 21-065r2): from text or JSON to one SQL condition whose values are all parameters.

text -> parse.py -> tree <- reading.py <- JSON
                     |
                 compile.py, typed by the collection's properties (properties.py)
                     |
                 Condition(sql, values, box)
"""
