"""`python -m sim` is the command `urga`."""

from sim.cli import main

main()
