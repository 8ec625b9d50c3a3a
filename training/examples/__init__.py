"""Worked examples: small programs to read and to run, each in about a minute on a CPU. From easy to hard:

python -m training.examples.multi_valued    a function with several values: what a mixture is for
python -m training.examples.spiral          a spiral in two dimensions: a mixture of places
python -m training.examples.touches         an MDRNN on touches, with `TimeDistributed`; plays on its own
python -m training.examples.kanji           learns to draw characters: a mixture and a second head for the pen
python -m training.examples.litert_speed    from Keras to LiteRT, and how much faster that is
python -m training.examples.world_model     watches a pendulum, and dreams on

Each writes a picture, but for the one that measures, and lists its options with `--help`.

They are notebooks too: VS Code, PyCharm and Spyder run a file with `# %%` cell by cell as it is, and Jupyter
opens it with jupytext (`pip install jupytext`, then "Open with: Notebook"). Other sizes than usual are given
to the last cell: `main(["--epochs", "10"])`. No `.ipynb` lies here, because it would be each example a second
time; a test runs the cells in order with nothing but Python. nbclient with its kernel would have brought 40
more packages for that.
"""
