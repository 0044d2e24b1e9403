"""How a play runs and who enters it: plain functions over the play, a state and the day's facts."""
