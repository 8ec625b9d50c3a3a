"""What a command tells in one line instead of a traceback."""


class TrainingError(Exception):
    """Something a person can mend: says what was expected and what was found."""
