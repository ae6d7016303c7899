"""New years' figures held against the forecasts, before and after."""
