"""The performance app: sources -> jam -> sinks, one kind of event all the way.

Needs the base install only. Nothing here imports keras, tensorflow, jax or `training`,
not even inside a function: retraining starts a second process (`tests/contract/test_layers.py`
holds the law).
"""
