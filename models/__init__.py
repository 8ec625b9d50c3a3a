"""The model-file contract, the lookup by name, and the trained models with their cards.

`models` may import `mdn`; `app` and `training` import both. NumPy and platformdirs only.
"""
