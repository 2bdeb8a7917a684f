"""Why did this happen? `sim.why`: chains of causes, each link held to rows of the run that bear it out."""
