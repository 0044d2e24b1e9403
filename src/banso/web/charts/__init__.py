"""Pictures: what ECharts is told to draw, and small ones that templates draw themselves."""
