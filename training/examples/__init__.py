"""Worked examples: small programs to read and to run, each in less than a minute on a CPU.

python -m training.examples.multi_valued
python -m training.examples.litert_speed
"""
