"""The training panel: recipe, controls and live plots."""
