"""The parts of Kaede's simulator, in the order in which they build on each other:
days, names, features -> accounts -> contracts, people -> usage, records, truths -> files.
"""
