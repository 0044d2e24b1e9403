"""The pages of value: how far accounts have come, what rules change, what to make of them."""
