"""The parts of scripts/record.

scenario    what is typed
terminal    a program in a terminal, and what that shows over time
svg         frames as one animated SVG
"""
