"""Use cases of the front desk: ask, confirm, deliver, redeem, take back."""
