"""A new Ungern: he waits for nothing and rushes Troitskosavsk at once; beaten, he goes home."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import sim
from sim.model import CampaignModel, Commander, Orders, Situation


class Impatient(Commander):
    follow_plan = False  # the plan's orders for his brigade do not hold

    def decide(self, situation: Situation) -> Orders | None:
        """Attack the town from the first day; go back to Urga once a third of the men are gone."""
        if situation.losses > 1 / 3:
            return {"task": "withdraw", "objective": "urga", "retreat": "urga"}
        return {"task": "attack", "objective": "troitskosavsk", "pace": "forced", "accept": 0.4, "persist": 2}


def main() -> None:
    """The same dice, his decisions against the documented ones."""
    scenario = sim.load("mongolia_1921")
    for seed in range(3):
        model = CampaignModel(scenario, seed, commanders={"ungern": Impatient})
        model.run_model()
        his = model.result()
        for name, run in (("documented", sim.run(scenario, seed)), ("impatient", his)):
            fell = "falls" if run.outcome["fall_h.troitskosavsk"] > 0 else "holds"
            print(f"seed {seed}, {name:10}: the town {fell}; Whites at the end: {run.outcome['men.White.end']:.0f}")
        with TemporaryDirectory() as folder:
            saved = model.save_patch(f"{folder}/impatient.toml")
            again = sim.run(sim.load("mongolia_1921", patches=saved), seed)
        print(f"  his {len(saved)} patches give the same run: {(again.chronicle == his.chronicle).all()}")


if __name__ == "__main__":
    main()
