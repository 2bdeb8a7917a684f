"""Play the campaign once, tell it by date, and set it beside history."""

from __future__ import annotations

import sim


def main() -> None:
    """Seed 7: change it and other dice fall."""
    scenario = sim.load("mongolia_1921")
    run = sim.run(scenario, seed=7)

    for event in run.events()[:25]:
        print(f"{event.date:%d %B, %H:%M}  {event.text}")
    print(f"... and {len(run.events()) - 25} more\n")

    print("The documented events in this run:")
    for event in scenario.data.history.events:
        hour = run.documented_hours[event.id]
        when = f"{scenario.date(hour):%d %B}" if hour is not None else "not in this run"
        print(f"  {event.title:60} {event.from_:%d %B} to {event.to:%d %B}: {when}")

    print(
        f"\nWhites in the field: {run.outcome['men.White.05-01']:.0f} on 1 May, "
        f"{run.outcome['men.White.end']:.0f} at the end of August"
    )


if __name__ == "__main__":
    main()
