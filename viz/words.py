"""Every word the visualiser shows, in English, Russian and Mongolian, from one table.

``say("key", language)`` gives the text; ``{}`` fields are filled by the caller.  Names of places, units
and people
come from the scenario, in its own three columns.
"""

from __future__ import annotations

from datetime import date

from viz import words_decide, words_whatif

#: The gap between thousands.
THIN = "\u2009"

LANGUAGES = ("en", "ru", "mn")
ENGLISH, RUSSIAN, MONGOLIAN = range(3)

WORDS: dict[str, tuple[str, str, str]] = {
    # window and messages
    "title": ("Urga: Mongolia 1921", "Урга: Монголия, 1921", "Өргөө: Монгол, 1921"),
    "loading": ("Simulating the campaign …", "Кампания рассчитывается …", "Аян дайныг тооцоолж байна …"),
    "compiling": (
        "First start: the engine is being compiled (about 20 s) …",
        "Первый запуск: компиляция модели (около 20 с) …",
        "Анхны ажиллуулалт: загварыг эмхэтгэж байна (20 с орчим) …",
    ),
    "reading": ("Reading {file} …", "Чтение {file} …", "{file} уншиж байна …"),
    "too-small": ("The window is too small", "Окно слишком мало", "Цонх хэт жижиг байна"),
    "failed": ("No run to show", "Нечего показать", "Үзүүлэх зүйл алга"),
    "saved": ("Saved: {file}", "Сохранено: {file}", "Хадгаллаа: {file}"),
    "not-saved": ("Not saved: {why}", "Не сохранено: {why}", "Хадгалсангүй: {why}"),
    "quit-hint": ("Ctrl+Q quits", "Ctrl+Q — выход", "Ctrl+Q — гарах"),
    # time
    "day-of": ("Day {n} of {all}", "День {n} из {all}", "{n} дэх өдөр ({all}-аас)"),
    "per-day": ("{n} days/s", "{n} дн/с", "{n} өдөр/с"),
    "hours-per-second": ("{n} h/s", "{n} ч/с", "{n} цаг/с"),
    "paused": ("paused", "пауза", "зогссон"),
    "at-hour": ("{n}:00", "{n}:00", "{n}:00"),
    "model-run": ("model run, seed {seed}", "модель, прогон {seed}", "загвар, үр {seed}"),
    # cards
    "reds": ("Reds and allies", "Красные и союзники", "Улаан ба холбоотон"),
    "whites": ("Whites and allies", "Белые и союзники", "Цагаан ба холбоотон"),
    "legend-red": ("Red Army", "Красная армия", "Улаан арми"),
    "legend-peoples": ("Mongol People's Army", "Монгольская нар. армия", "Монгол Ардын Цэрэг"),
    "legend-white": ("White (Asiatic Division)", "Белые (Азиатская див.)", "Цагаан (Азийн дивиз)"),
    "legend-allies": ("Ungern's Mongol allies", "Союзники Унгерна", "Унгерний холбоотон"),
    "legend-cavalry": ("cavalry", "конница", "морин цэрэг"),
    "legend-infantry": ("infantry", "пехота", "явган цэрэг"),
    "legend-artillery": ("artillery", "артиллерия", "их буу"),
    "legend-armour": ("armoured cars", "броневики", "хуягт машин"),
    "legend-air": ("aircraft", "авиация", "нисэх онгоц"),
    "legend-battle": ("battle", "бой", "тулаан"),
    "legend-retreat": ("retreat", "отступление", "ухралт"),
    "legend-history": ("history's course", "ход истории", "түүхэн явц"),
    "legend-road": ("road", "дорога", "зам"),
    "legend-rail": ("railway", "железная дорога", "төмөр зам"),
    "legend-wire": ("telegraph", "телеграф", "цахилгаан утас"),
    "legend-border": ("border", "граница", "хил"),
    "legend-front": ("line of control", "линия контроля", "хяналтын шугам"),
    "legend-bar": ("bar: men left", "полоса: в строю", "зураас: үлдсэн хүн"),
    "fog-red": ("What the Reds know", "Что знают красные", "Улаантны мэдэх зүйл"),
    "fog-side": ("Known to: {side}", "Что известно: {side}", "Мэддэг нь: {side}"),
    "fog-white": ("What the Whites know", "Что знают белые", "Цагаантны мэдэх зүйл"),
    "seen-ago": ("seen {n} d ago", "видели {n} дн. назад", "{n} өдрийн өмнө"),
    "seen-now": ("seen today", "видели сегодня", "өнөөдөр"),
    # inspector
    "strength": ("Men", "Люди", "Хүн"),
    "horses": ("Horses", "Лошади", "Морь"),
    "guns": ("Guns", "Орудия", "Буу"),
    "mg": ("Machine guns", "Пулемёты", "Пулемёт"),
    "rations": ("Rations, days", "Паёк, дней", "Хүнс, өдөр"),
    "rounds": ("Rounds a man", "Патронов на бойца", "Сум (нэг хүнд)"),
    "fatigue": ("Fatigue", "Усталость", "Ядаргаа"),
    "cohesion": ("Cohesion", "Сплочённость", "Эв нэгдэл"),
    "condition": ("Horses' condition", "Состояние лошадей", "Морины тэнхээ"),
    "command": ("Command", "Подчинение", "Захиргаа"),
    "order": ("Order", "Приказ", "Тушаал"),
    "because": ("because", "потому что", "учир нь"),
    "no-order": ("no order: stands by", "приказа нет", "тушаалгүй"),
    "knows": ("Knows of the enemy", "Знает о противнике", "Дайсны тухай мэдэх"),
    "km": ("km", "км", "км"),
    "truth": ("in truth", "на деле", "үнэндээ"),
    "nothing-known": ("nothing", "ничего", "юу ч үгүй"),
    "source": ("Source", "Источник", "Эх сурвалж"),
    "holder": ("Held by", "Занят", "Эзэмшигч"),
    "held-since": ("from {date}", "с {date}", "{date}-аас"),
    "nobody": ("nobody", "никем", "хэн ч биш"),
    "country": ("Country", "Страна", "Улс"),
    "position-accuracy": ("Position good to", "Точность положения", "Байршлын нарийвчлал"),
    "battle-of": ("Battle: {place}", "Бой: {place}", "Тулаан: {place}"),
    "hour": ("hour", "час", "цаг"),
    "power": ("power", "сила", "хүч"),
    "quality": ("quality", "кач-во", "чанар"),
    "posture": ("posture", "полож.", "байрлал"),
    "ground": ("ground", "местн.", "газар"),
    "loss": ("loss", "потери", "хохирол"),
    "units-here": ("Units together", "Части вместе", "Нэгтгэсэн анги"),
    "model-note": (
        "A model run, not what would have happened.",
        "Прогон модели, а не то, что было бы.",
        "Загварын тооцоо, болох байсан явдал биш.",
    ),
    # events
    "ev-battle": ("{place}: battle", "{place}: бой", "{place}: тулаан"),
    "ev-battle-sides": (
        "{place}: {one} ({n1}) against {other} ({n2})",
        "{place}: {one} ({n1}) против {other} ({n2})",
        "{place}: {one} ({n1}) — {other} ({n2})",
    ),
    "ev-battle-won": (
        "{place}: {one} beats {other}; {n1} and {n2} men lost",
        "{place}: победа \u2013 {one}, разбиты \u2013 {other}; потери {n1} и {n2} чел.",
        "{place}: {one} ялж, {other} ялагдав; хохирол {n1} ба {n2} хүн",
    ),
    "ev-battle-won-own": (
        "{place}: {one} beats {other}; own loss {n} men",
        "{place}: победа \u2013 {one}, разбиты \u2013 {other}; свои потери {n} чел.",
        "{place}: {one} ялж, {other} ялагдав; өөрийн хохирол {n} хүн",
    ),
    "ev-taken": ("{place} is taken: {who}", "{place}: заняли {who}", "{place}: {who} эзлэв"),
    "ev-taken-0": ("The Reds take {place}", "{place}: заняли красные", "{place}: улаантан эзлэв"),
    "ev-taken-1": ("The Whites take {place}", "{place}: заняли белые", "{place}: цагаантан эзлэв"),
    "ev-frontier": (
        "{who}: {n} men cross the frontier",
        "{who}: границу перешли {n} чел.",
        "{who}: {n} хүн хил давав",
    ),
    "ev-frontier-into": (
        "{who}: {n} men cross into {country}",
        "{who}: {n} чел. переходят границу {country}",
        "{who}: {n} хүн {country} нэвтрэв",
    ),
    "ev-mutiny": ("Mutiny: {who}, {n} men", "Мятеж: {who}, {n} чел.", "Бослого: {who}, {n} хүн"),
    "ev-murdered": ("{who} is killed by his own men", "{who} убит своими", "{who} өөрийн цэрэгт алагдав"),
    "ev-killed": ("{who} is killed", "{who} убит", "{who} алагдав"),
    "ev-wounded": ("{who} is wounded", "{who} ранен", "{who} шархдав"),
    "ev-captured": ("{who} is taken prisoner", "{who} взят в плен", "{who} баригдав"),
    "ev-flees": ("{who} flees", "{who} бежит", "{who} зугтав"),
    "ev-guns": ("{who} loses {n} guns", "{who} теряет орудия: {n}", "{who} {n} буугаа алдав"),
    "ev-surrenders": ("{who}: {n} men surrender", "{who}: сдаются {n} чел.", "{who}: {n} хүн бууж өгөв"),
    "ev-bridge": ("{who} bridges the river", "{who} наводит мост", "{who} гүүр тавив"),
    "ev-attached": ("{who} comes under {other}", "{who} подчиняется: {other}", "{who}: {other} захиргаанд орлоо"),
    "ev-execution": (
        "{place}: {who} has {n} of his own men executed",
        "{place}: {who} казнит {n} из своих людей",
        "{place}: {who} өөрийн {n} хүнийг цаазлав",
    ),
    "ev-beating": (
        "{place}: {who} beaten by order of his superior",
        "{place}: {who} бит по приказу начальника",
        "{place}: {who} дарга нарын тушаалаар зодуулав",
    ),
    "ev-disperses": ("{who} falls apart", "{who}: часть распалась", "{who} тарж бутрав"),
    "ev-split": (
        "{n} men leave {who} for {other}",
        "{n} чел. уходят: {who} – {other}",
        "{n} хүн {who}-аас {other} руу",
    ),
    "ev-consequence": ("The fall of {place} is felt", "{place}: падение сказывается", "{place} унасны үр дагавар"),
    "ev-haven": ("{who}: {n} men reach safety", "{who}: {n} чел. в безопасности", "{who}: {n} хүн аюулгүйд хүрэв"),
    "ev-hands-over": ("{who} is handed over by his escort", "{who} выдан конвоем", "{who}-г дагалдагчид нь тушаав"),
    "ev-other": ("{who}: event at {place}", "{who}: событие, {place}", "{who}: үйл явдал, {place}"),
    # conditions of orders
    "cond-or": ("or", "или", "эсвэл"),
    "cond-not": ("not: {what}", "нет: {what}", "үгүй: {what}"),
    "cond-date": ("from {date} on", "с {date}", "{date}-аас хойш"),
    "cond-date-until": ("between {date} and {until}", "между {date} и {until}", "{date}-аас {until}-ны хооронд"),
    "cond-issued": ("“{order}” was ordered", "отдан приказ «{order}»", "«{order}» тушаал гарсан"),
    "cond-issued-since": (
        "“{order}” was ordered {hours} h ago",
        "приказ «{order}» отдан {hours} ч назад",
        "«{order}» тушаал гараад {hours} цаг болсон",
    ),
    "cond-done": ("“{order}” is done", "приказ «{order}» исполнен", "«{order}» тушаал биелсэн"),
    "cond-done-since": (
        "“{order}” has been done for {hours} h",
        "приказ «{order}» исполнен {hours} ч назад",
        "«{order}» тушаал биелээд {hours} цаг болсон",
    ),
    "cond-at": (
        "within {within_km} km of {place}",
        "не далее {within_km} км: {place}",
        "{place}-аас {within_km} км дотор",
    ),
    "cond-held": ("{place} held by: {side}", "{place} в руках: {side}", "{place} эзэмшигч: {side}"),
    "cond-beaten": ("beaten within {hours} h", "разбит за {hours} ч", "{hours} цагийн дотор ялагдсан"),
    "cond-beaten-near": (
        "beaten within {hours} h near {near}",
        "разбит за {hours} ч близ {near}",
        "{near} орчим {hours} цагийн дотор ялагдсан",
    ),
    "cond-won": ("a fight won within {hours} h", "победа за {hours} ч", "{hours} цагийн дотор ялсан"),
    "cond-won-near": (
        "a fight won within {hours} h near {near}",
        "победа за {hours} ч близ {near}",
        "{near} орчим {hours} цагийн дотор ялсан",
    ),
    "cond-fought": ("a fight within {hours} h", "бой за последние {hours} ч", "{hours} цагийн дотор тулалдсан"),
    "cond-fought-near": (
        "a fight within {hours} h near {near}",
        "бой за {hours} ч близ {near}",
        "{near} орчим {hours} цагийн дотор тулалдсан",
    ),
    "cond-enemy": (
        "{men} of the enemy known within {within_km} km",
        "известно о {men} чел. противника в {within_km} км",
        "{within_km} км дотор дайсны {men} хүн мэдэгдсэн",
    ),
    "cond-enemy-near": (
        "{men} of the enemy known within {within_km} km of {near}",
        "известно о {men} чел. противника в {within_km} км: {near}",
        "{near}-аас {within_km} км дотор дайсны {men} хүн мэдэгдсэн",
    ),
    "cond-enemy-country": (
        "{men} of the enemy known within {within_km} km in: {country}",
        "известно о {men} чел. противника в {within_km} км: {country}",
        "{country}: {within_km} км дотор дайсны {men} хүн мэдэгдсэн",
    ),
    "cond-odds": (
        "odds of {ratio} to 1 or better within {within_km} km",
        "перевес не менее {ratio} к 1 в {within_km} км",
        "{within_km} км дотор {ratio}:1 давуу буюу илүү",
    ),
    "cond-clear": (
        "no enemy known within {within_km} km",
        "противника в {within_km} км не видно",
        "{within_km} км дотор дайсан үгүй",
    ),
    "cond-rested": (
        "rested: fatigue under {fatigue} %, cohesion over {cohesion} %",
        "отдых: усталость ниже {fatigue} %, сплочённость выше {cohesion} %",
        "амарсан: ядаргаа {fatigue} %-аас доош, эв нэгдэл {cohesion} %-аас дээш",
    ),
    "cond-losses": ("{share} % of the men lost", "потеряно {share} % людей", "хүний {share} % хорогдсон"),
    "cond-hungry": ("{days} days without full rations", "{days} дн. без полного пайка", "{days} өдөр бүтэн хүнсгүй"),
    "cond-commander-any": (
        "{commander} leads no more",
        "{commander} выбыл",
        "{commander} удирдахаа больсон",
    ),
    "cond-commander-wounded": ("{commander} is wounded", "{commander} ранен", "{commander} шархадсан"),
    "cond-commander-killed": ("{commander} is dead", "{commander} убит", "{commander} алагдсан"),
    "cond-commander-captured": ("{commander} is a prisoner", "{commander} в плену", "{commander} олзлогдсон"),
    "cond-commander-fled": ("{commander} has fled", "{commander} бежал", "{commander} зугтсан"),
    "cond-mutiny": ("mutiny: {command}", "мятеж: {command}", "бослого: {command}"),
    "cond-joined": (
        "joined within {within_km} km: {command}",
        "соединение в {within_km} км: {command}",
        "{within_km} км дотор нийлсэн: {command}",
    ),
    "cond-elapsed": ("{hours} h of the campaign gone", "прошло {hours} ч кампании", "аян дайны {hours} цаг өнгөрсөн"),
    "ev-joins": ("{who} joins {other}", "{who} соединяется: {other}", "{who}, {other} нийлэв"),
    "ev-ordered": (
        "{who} ordered: {task} {place}",
        "{who}, приказ: {task} {place}",
        "{who}, тушаал: {task} {place}",
    ),
    "ev-arrives": ("{who} reaches {place}", "{who}: прибытие в {place}", "{who} {place} хүрэв"),
    "history-says": ("history: {date}", "в истории: {date}", "түүхэнд: {date}"),
    "did-not-happen": ("did not happen in this run", "в этом прогоне не случилось", "энэ тооцоонд болоогүй"),
    "days-late": ("{n} d", "{n} дн", "{n} өд"),
    # tasks
    "task-march": ("march to", "марш:", "явах:"),
    "task-attack": ("attack", "атаковать", "довтлох"),
    "task-hold": ("hold", "держать", "хамгаалах"),
    "task-screen": ("screen", "прикрывать", "хаах"),
    "task-raid": ("raid", "набег:", "дайрах"),
    "task-join": ("join", "соединиться:", "нийлэх"),
    "task-attach": ("attach to", "придать:", "харьяалуулах"),
    "task-detach": ("detach", "выделить", "тусгаарлах"),
    "task-pursue": ("pursue", "преследовать", "хөөх"),
    "task-withdraw": ("withdraw to", "отойти:", "ухрах"),
    "task-rest": ("rest at", "отдых:", "амрах"),
    "task-bridge": ("bridge the river at", "мост:", "гүүр:"),
    "task-entrain": ("entrain for", "по ж. д.:", "галт тэргээр:"),
    "task-disperse": ("disperse", "разойтись", "тарах"),
    # panel
    "what-if": ("What if …", "А если бы …", "Хэрэв …"),
    "run-again": ("Run again", "Пересчитать", "Дахин тооцоолох"),
    "reset": ("History", "История", "Түүх"),
    "live": ("Live", "Сразу", "Шууд"),
    "running": ("Running …", "Считается …", "Тооцоолж байна …"),
    "seed": ("Seed of the dice", "Зерно жребия", "Шооны үр"),
    "sl-red-strength": ("Red strength", "Численность красных", "Улаантны хүч"),
    "sl-red-pace": ("Red pace", "Темп красных", "Улаантны хурд"),
    "sl-red-scouting": ("Red scouting", "Разведка красных", "Улаантны тагнуул"),
    "sl-red-quality": ("Red fighting quality", "Боеспособность красных", "Улаантны чадвар"),
    "sl-red-supply": ("Red supply", "Снабжение красных", "Улаантны хангамж"),
    "sl-white-strength": ("White strength", "Численность белых", "Цагаантны хүч"),
    "sl-white-pace": ("White pace", "Темп белых", "Цагаантны хурд"),
    "sl-white-scouting": ("White scouting", "Разведка белых", "Цагаантны тагнуул"),
    "sl-white-quality": ("White fighting quality", "Боеспособность белых", "Цагаантны чадвар"),
    "sl-white-supply": ("White supply", "Снабжение белых", "Цагаантны хангамж"),
    "sl-white-desertion": ("White desertion", "Дезертирство у белых", "Цагаантны оргодол"),
    "group-red": ("Red side", "Красные", "Улаан тал"),
    "group-white": ("White side", "Белые", "Цагаан тал"),
    "group-world": ("Luck", "Случай", "Аз"),
    "lever-note": (
        "Factor on the scenario's own value; 1 is history's",
        "Множитель к значению сценария; 1 — как в истории",
        "Сценарийн утгын үржигдэхүүн; 1 нь түүхийн утга",
    ),
    # help overlay
    "help-title": ("Keys", "Клавиши", "Товчлуур"),
    "help-play": ("play, pause", "пуск, пауза", "тоглуулах, зогсоох"),
    "help-day": ("a day back, on", "на день назад, вперёд", "нэг өдөр ухрах, урагшлах"),
    "help-hour": ("an hour back, on", "на час назад, вперёд", "нэг цаг ухрах, урагшлах"),
    "help-event": ("last, next event (remote)", "пред., след. событие (пульт)", "өмнөх, дараах үйл явдал"),
    "help-ends": ("first, last day", "первый, последний день", "эхний, сүүлийн өдөр"),
    "help-jump": ("jump to a tenth", "переход на десятую", "аравны нэг рүү"),
    "help-speed": ("slower, faster; normal", "медленнее, быстрее; обычно", "удаан, хурдан; хэвийн"),
    "help-loop": ("set, clear a loop", "петля", "давталт"),
    "help-zoom": ("zoom; drag to pan", "масштаб; тащить карту", "томруулах; чирэх"),
    "help-whole": ("whole theatre", "весь театр", "бүх газар"),
    "help-director": ("camera follows the action", "камера следит за событиями", "камер үйл явдлыг дагана"),
    "help-lecture": ("lecture mode, out", "режим лекции, выход", "лекцийн горим, гарах"),
    "help-black": ("black screen", "чёрный экран", "хар дэлгэц"),
    "help-full": ("full screen", "полный экран", "бүтэн дэлгэц"),
    "help-text": ("larger, smaller text", "крупнее, мельче текст", "үсэг томруулах, жижигрүүлэх"),
    "help-theme": ("light, dark", "светлая, тёмная", "цайвар, бараан"),
    "help-language": ("language", "язык", "хэл"),
    "help-legend": ("legend", "условные знаки", "тайлбар"),
    "help-names": ("names", "названия", "нэрс"),
    "help-captions": ("captions", "подписи", "тайлбар бичиг"),
    "help-compare": ("history beside the run", "история рядом", "түүхтэй харьцуулах"),
    "help-fog": ("what one side knows", "знания одной стороны", "нэг талын мэдээлэл"),
    "help-panel": ("what-if panel", "панель «а если бы»", "«хэрэв» самбар"),
    "help-focus": ("choose what is focused", "выбор элемента", "сонголт шилжих"),
    "help-log": ("list of events", "список событий", "үйл явдлын жагсаалт"),
    "help-motion": ("reduced motion", "меньше движения", "хөдөлгөөн багасгах"),
    "help-still": ("save a picture", "сохранить снимок", "зураг хадгалах"),
    "help-pause": ("pause on events", "пауза на событиях", "үйл явдал дээр зогсох"),
    "help-units": ("next unit; look closer", "следующая часть", "дараагийн анги"),
    "help-undo": ("undo a slider", "отменить ползунок", "гулсуур буцаах"),
    "help-help": ("this help", "эта справка", "энэ тусламж"),
    "help-quit": ("quit", "выход", "гарах"),
    "events": ("Events", "События", "Үйл явдал"),
    # switches that were thrown
    "on": ("on", "вкл.", "асаав"),
    "off": ("off", "выкл.", "унтраав"),
    # words on numbers
    "conf-documented": ("documented", "документировано", "баримттай"),
    "conf-inferred": ("inferred", "выведено", "дүгнэсэн"),
    "conf-assumed": ("assumed", "допущение", "таамагласан"),
    "conf-disputed": ("disputed", "спорно", "маргаантай"),
    "arm-infantry": ("infantry", "пехота", "явган цэрэг"),
    "arm-cavalry": ("cavalry", "конница", "морин цэрэг"),
    "arm-artillery": ("artillery", "артиллерия", "их буу"),
    "arm-armour": ("armoured cars", "броневики", "хуягт машин"),
    "arm-air": ("aircraft", "авиация", "нисэх онгоц"),
}

WORDS.update(words_whatif.WORDS)
WORDS.update(words_decide.WORDS)

#: Countries of the scenario by name.
COUNTRY_NAMES: dict[str, tuple[str, str, str]] = {
    "Mongolia": ("Mongolia", "Монголия", "Монгол"),
    "FER": ("Far Eastern Republic", "Дальневосточная республика", "Алс Дорнодын улс"),
    "RSFSR": ("Soviet Russia", "РСФСР", "Зөвлөлт Орос"),
    "China": ("China", "Китай", "Хятад"),
    "Uryankhai": ("Uryankhai", "Урянхай", "Урианхай"),
}

#: Countries of the scenario as a caption needs them: whither.
COUNTRIES: dict[str, tuple[str, str, str]] = {
    "Mongolia": ("Mongolia", "Монголии", "Монголд"),
    "FER": ("the Far Eastern Republic", "ДВР", "Алс Дорнодын улсад"),
    "RSFSR": ("Soviet Russia", "РСФСР", "Зөвлөлт Орост"),
    "China": ("China", "Китая", "Хятадад"),
    "Uryankhai": ("Uryankhai", "Урянхая", "Урианхайд"),
}

MONTHS = (
    (
        "January",
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        "января",
        [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
    ),
)
STANDING_MONTHS = (
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "Январь",
        "Февраль",
        "Март",
        "Апрель",
        "Май",
        "Июнь",
        "Июль",
        "Август",
        "Сентябрь",
        "Октябрь",
        "Ноябрь",
        "Декабрь",
    ],
)

#: Names on the map that no scenario file holds: waters and countries.
GEOGRAPHY: dict[str, tuple[str, str, str]] = {
    "Baikal": ("Lake Baikal", "оз. Байкал", "Байгаль нуур"),
    "Khövsgöl": ("Khövsgöl", "Косогол", "Хөвсгөл"),
    "Gusinoye": ("L. Gusinoye", "Гусиное оз.", "Галуут нуур"),
    "Uvs": ("Uvs", "Убсу-Нур", "Увс нуур"),
    "Khyargas": ("Khyargas", "Хиргис-Нур", "Хяргас нуур"),
    "Khar-Us": ("Khar-Us", "Хара-Усу", "Хар-Ус нуур"),
    "Hulun": ("Dalai-nor", "Далай-Нор", "Далай нуур"),
    "Buir": ("Buir-nor", "Буир-Нор", "Буйр нуур"),
    "Selenga": ("Selenga", "Селенга", "Сэлэнгэ"),
    "Ider": ("Ider", "Идэр", "Идэр"),
    "Delger-Muren": ("Delger-Muren", "Дэлгэр-Мурэн", "Дэлгэрмөрөн"),
    "Egiin-gol": ("Egiin-gol", "Эгин-гол", "Эгийн гол"),
    "Orkhon": ("Orkhon", "Орхон", "Орхон"),
    "Tuul": ("Tola", "Тола", "Туул"),
    "Kharaa": ("Khara", "Хара", "Хараа"),
    "Yeroo (Iro)": ("Iro", "Иро", "Ерөө"),
    "Dzhida": ("Dzhida", "Джида", "Зэд"),
    "Chikoy": ("Chikoy", "Чикой", "Цөх"),
    "Menza": ("Menza", "Менза", "Минж"),
    "Khilok": ("Khilok", "Хилок", "Хёлго"),
    "Uda": ("Uda", "Уда", "Үд"),
    "Temnik": ("Temnik", "Темник", "Тэмник"),
    "Irkut": ("Irkut", "Иркут", "Эрхүү"),
    "Kerulen": ("Kerulen", "Керулен", "Хэрлэн"),
    "Onon": ("Onon", "Онон", "Онон"),
    "Argun": ("Argun", "Аргунь", "Эргүнэ"),
    "Tes-Khem": ("Tes", "Тес", "Тэс"),
    "Upper Yenisei": ("Upper Yenisei", "Верх. Енисей", "Улуг-Хем"),
    "Kobdo": ("Kobdo", "Кобдо", "Ховд"),
    "Dzabkhan": ("Dzabkhan", "Дзабхан", "Завхан"),
    "Angara": ("Angara", "Ангара", "Ангар"),
    "Ingoda": ("Ingoda", "Ингода", "Ангид"),
    "Tamir": ("Tamir", "Тамир", "Тамир"),
    "Lena (upper)": ("Lena", "Лена", "Лена"),
    "OUTER MONGOLIA": ("OUTER MONGOLIA", "ВНЕШНЯЯ МОНГОЛИЯ", "АР МОНГОЛ"),
    "FAR EASTERN REPUBLIC": ("FAR EASTERN REPUBLIC", "ДАЛЬНЕВОСТОЧНАЯ РЕСПУБЛИКА", "АЛС ДОРНОДЫН УЛС"),
    "RSFSR": ("SOVIET RUSSIA", "РСФСР", "ЗӨВЛӨЛТ ОРОС"),
    "URYANKHAI": ("URYANKHAI", "УРЯНХАЙ", "УРИАНХАЙ"),
    "CHINA": ("CHINA", "КИТАЙ", "ХЯТАД"),
    "BARGA": ("BARGA", "БАРГА", "БАРГА"),
}


def say(key: str, language: int, **fields: object) -> str:
    """The text of a key in a language (0 English, 1 Russian, 2 Mongolian), its fields filled."""
    return WORDS[key][language].format(**fields) if fields else WORDS[key][language]


def geographic(name: str, language: int) -> str:
    """Name of a water or country in a language; names without an entry stay as they are."""
    return GEOGRAPHY[name][language] if name in GEOGRAPHY else name


def long_date(day: date, language: int) -> str:
    """The date as a reader of the language writes it: 7 July 1921, 7 июля 1921, 1921.07.07."""
    if language == MONGOLIAN:
        return f"1921 оны {day.month}{THIN}сарын {day.day}" if day.year == 1921 else f"{day.year}.{day.month}.{day.day}"
    return f"{day.day} {MONTHS[language][1][day.month - 1]} {day.year}"


def short_date(day: date, language: int) -> str:
    """Day and month only."""
    if language == MONGOLIAN:
        return f"{day.month}-р сарын {day.day}"
    return f"{day.day} {MONTHS[language][1][day.month - 1]}"


def month_name(month: int, language: int) -> str:
    """Name of a month (1 to 12) standing alone, as on the axis."""
    return f"{month}-р сар" if language == MONGOLIAN else STANDING_MONTHS[language][month - 1]
