"""Value: what an action changed, against accounts that can be compared. Formulas with sources."""
