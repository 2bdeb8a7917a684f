"""The campaign as an ordinary Mesa model: DataCollector, and AgentSet's select, do, groupby and agg."""

from __future__ import annotations

from mesa import DataCollector

from sim.model import CampaignModel, Cavalry


def main() -> None:
    """Six weeks, one step a day."""
    model = CampaignModel("mongolia_1921", seed=7)
    collector = DataCollector(
        model_reporters={"Reds": lambda m: m.men("Red"), "Whites": lambda m: m.men("White"), "day": lambda m: m.date},
        agenttype_reporters={Cavalry: {"men": "men", "place": "place_name", "fatigue": "fatigue"}},
    )
    for _ in range(45):
        model.step()
        collector.collect(model)

    frame = collector.get_model_vars_dataframe().set_index("day")
    print(frame.iloc[::7], "\n")

    riders = model.agents_by_type[Cavalry].select(lambda unit: unit.in_field)
    weary = riders.select(lambda unit: unit.fatigue > 0.4)
    print(f"{model.date:%d %B}: {len(riders)} bodies of riders, {riders.agg('men', sum)} men; weary: {len(weary)}")
    for side, units in riders.groupby("side"):
        print(f"  {side}: {units.agg('men', sum)} riders, most in one body: {units.agg('men', max)}")

    def show(unit: Cavalry) -> None:
        print(f"  {unit.name}: {unit.men} men at {unit.place_name}, {unit.task or 'no order'}")

    riders.select(lambda unit: unit.side == "White" and unit.men > 200).do(show)


if __name__ == "__main__":
    main()
