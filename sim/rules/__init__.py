"""The rules: what happens in an hour, one file a phase. See `sim.campaign` for their order."""
