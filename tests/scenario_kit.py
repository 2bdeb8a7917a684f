"""A tiny invented war in a river valley, valid in every file, for tests that break one thing at a time.

Five places in a row, four units, two plans, one counterfactual. `write` puts it into a folder; `change`
replaces one piece of text in one of its files and insists that the text is there.
"""

from __future__ import annotations

from pathlib import Path

from sim.parameters import NAMES

FOLDER = "valley"

SCENARIO = """\
id = "valley"
title = "War in the valley"
start = 1900-06-01
end = 1900-06-30
default_plan = "first"

[[sides]]
id = "Blue"
name = "The Blues"
home = ["Lowland"]
totals = {bayonets = 500, sabres = 101}
source = "almanac"
confidence = "documented"

[[sides]]
id = "Green"
name = "The Greens"
home = ["Highland"]
totals = {sabres = 300}
source = "almanac"
confidence = "documented"

[[factions]]
id = "townsmen"
name = "Townsmen"
side = "Blue"
loyalty = 1.0
source = "almanac"
confidence = "assumed"

[[factions]]
id = "herders"
name = "Herders"
side = "Green"
loyalty = 0.4
source = "almanac;letters"
confidence = "assumed"

[[commands]]
id = "north"
name = "Northern column"
side = "Blue"
base = "mill"
commander = "alder"
source = "almanac"
confidence = "documented"

[[commands]]
id = "riders"
name = "Riders"
side = "Green"
base = "summit"
commander = "birch"
source = "almanac"
confidence = "documented"

[[commanders]]
id = "alder"
name = "A. Alder"
side = "Blue"
rides_with = "foot1"
caution = 0.6
source = "almanac"
confidence = "documented"

[[commanders]]
id = "birch"
name = "B. Birch"
side = "Green"
place = "summit"
terror = 0.5
source = "letters"
confidence = "inferred"

[[depots]]
id = "mill-store"
side = "Blue"
place = "mill"
rations = 5000
source = "almanac"
confidence = "assumed"

[[consequences]]
id = "herders-hear"
place = "town"
to_side = "Blue"
kind = "shaken"
faction = "herders"
value = 0.2
source = "letters"
confidence = "assumed"

[[havens]]
place = "summit"
side = "Green"
source = "letters"
confidence = "inferred"
"""

PLACES = """\
id,name,name_ru,name_mn,alt_names,modern,lat,lon,kind,rank,country,holder,elev_m,koppen,grass,accuracy,source,confidence,note
mill,Mill,,,,,50.0,100.0,town,1,Lowland,Blue,600,Dwb,0.5,A,almanac,documented,
bridge,Bridge,,,,,50.2,100.0,ford,2,Lowland,Blue,620,Dwb,0.6,A,almanac,documented,
town,Town,,,,,50.5,100.0,town,1,Highland,Green,700,Dwb,0.7,A,almanac,documented,"walls, two gates"
pass,Pass,,,,,50.8,100.1,pass,3,Highland,,1400,Dwc,0.8,B,letters,inferred,
summit,Summit,,,,,51.1,100.2,monastery,2,Highland,Green,1500,Dwc,0.9,C,letters,inferred,
"""

ROUTES = """\
id,from,to,kind,terrain,length_km,telegraph,crossing,river,frontier,method,accuracy,source,confidence,note
mill--bridge,mill,bridge,road,valley,24,yes,none,,no,documented,A,almanac,documented,
bridge--town,bridge,town,road,valley,36,unknown,ford,Long River,yes,documented,A,almanac,documented,
town--pass,town,pass,track,wooded mountain,42,no,none,,no,gc*1.25,B,letters,inferred,
pass--summit,pass,summit,mountain trail,wooded mountain,45,no,none,,no,gc*1.3,B,letters,inferred,
"""

UNITS = """\
id,name,name_ru,name_mn,side,faction,command,arm,count_as,men,horses,guns,pack_guns,mg,place,enter,carts,quality,rounds,\
shells,rations_days,men_low,men_high,source,confidence,note
foot1,1st Foot,,,Blue,townsmen,north,infantry,bayonets,500,40,2,1,4,mill,,yes,1.0,120,60,4,450,600,almanac,assumed,
horse1,Blue Horse,,,Blue,townsmen,north,cavalry,sabres,101,110,0,0,0,mill,1900-06-05,no,0.9,90,0,3,,,almanac,documented,
riders1,First Riders,,,Green,herders,riders,cavalry,sabres,200,350,0,0,1,town,,no,1.1,60,0,5,150,250,letters,inferred,
riders2,Second Riders,,,Green,herders,riders,cavalry,sabres,100,170,0,0,0,summit,,no,1.0,60,0,5,80,150,letters,inferred,
"""

RULES = "\n".join(
    f'[{name}]\nvalue = 1.0\nlow = 0.5\nhigh = 2.0\nunit = "-"\nsource = "almanac"\nconfidence = "assumed"\n'
    for name in NAMES
)

HISTORY = """\
[[events]]
id = "town-falls"
group = "E"
title = "The town falls"
from = 1900-06-10
to = 1900-06-12
place = "town"
text = "The Blues take the town."
reading = {kind = "held", place = "town", side = "Blue"}
source = "almanac"
confidence = "disputed"
readings_of_sources = [{source = "letters", from = 1900-06-12, to = 1900-06-12}]

[[course]]
id = "river-crossed"
from = 1900-06-08
to = 1900-06-08
place = "bridge"
who = ["foot1", "riders"]
what = "crossing"
text = "The Blues cross the river in sight of the Riders."
source = "almanac"
confidence = "documented"

[[background]]
id = "war"
from = 1900-05-01
to = 1900-05-01
text = "War is declared."
source = "almanac"
confidence = "documented"

[[aftermath]]
id = "peace"
from = 1900-09-01
to = 1900-09-30
text = "Peace."
source = "almanac"
confidence = "documented"

[[strengths]]
id = "blue-total"
date = 1900-06-01
side = "Blue"
men = 601
source = "almanac"
confidence = "documented"
"""

SOURCES = """\
[almanac]
title = "Almanac of the valley"
author = "C. Chestnut"
year = 1901

[letters]
title = "Letters of B. Birch"
"""

PLAN = """\
id = "first"
title = "As it was ordered"

[[orders]]
id = "advance"
command = "north"
task = "march"
objective = "bridge"
via = ["bridge"]
when = [{kind = "date", date = 1900-06-07, until = 1900-06-08}]
source = "almanac"
confidence = "documented"

[[orders]]
id = "storm"
command = "north"
task = "attack"
objective = "town"
accept = 1.2
when = [{kind = "done", order = "advance"}, {kind = "at", place = "bridge"}]
source = "almanac"
confidence = "documented"

[[orders]]
id = "fall-back"
command = "riders"
task = "withdraw"
objective = "summit"
when_any = [{kind = "beaten"}, {kind = "odds", ratio = 2.0}]
source = "letters"
confidence = "inferred"
"""

OTHER_PLAN = """\
id = "second"
title = "Standing orders"

[[orders]]
id = "sit"
command = "north"
task = "hold"
source = "almanac"
confidence = "assumed"
"""

COUNTERFACTUAL = """\
id = "late"
title = "A week later"
question = "What if the advance had come a week later?"
historians = "Chestnut thinks little of it."
sources = "almanac; letters"

[set]
"orders.advance.shift_days" = 7
"rules.battle.lethality" = 1.5
"""

FILES = {
    "scenario.toml": SCENARIO,
    "places.csv": PLACES,
    "routes.csv": ROUTES,
    "units.csv": UNITS,
    "rules.toml": RULES,
    "history.toml": HISTORY,
    "sources.toml": SOURCES,
    "plans/first.toml": PLAN,
    "plans/second.toml": OTHER_PLAN,
    "counterfactuals/late.toml": COUNTERFACTUAL,
}


def write(parent: Path) -> Path:
    """Write the valid scenario into `parent / "valley"` and return that folder."""
    folder = parent / FOLDER
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first place where a text stands in a file of the scenario; the text must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not contain {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def append(folder: Path, file: str, text: str) -> None:
    """Add text at the end of a file of the scenario."""
    with (folder / file).open("a", encoding="utf-8", newline="\n") as out:
        out.write(text)
