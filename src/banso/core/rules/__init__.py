"""Rules: truth -> episodes, with the evidence and the words for them.

Nothing is gathered here: who only ranks alerts need not load the kernel.
"""
