"""What a person types: the commands there are, their options, and how one is run."""
