"""The front desk asks."""
