"""The words of the what-if panel, its strip and its views, in English, Russian and Mongolian."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str, str]] = {
    "tab-levers": ("Levers", "Рычаги", "Хөшүүрэг"),
    "tab-cards": ("What if …", "А если бы …", "Хэрэв …"),
    "tab-fans": ("Strength", "Силы", "Хүч"),
    "group-mongols": ("Mongols", "Монголы", "Монголчууд"),
    "group-dice": ("Dice", "Жребий", "Шоо"),
    "group-theworld": ("World", "Мир", "Орчин"),
    "save-patch": ("Save", "Сохранить", "Хадгалах"),
    "since-start": ("From the start", "С начала", "Эхнээс"),
    "since-day": ("From {day}", "С {day}", "{day}-аас"),
    "view-strip": ("Outcomes", "Исходы", "Үр дүн"),
    "view-worlds": ("Two worlds", "Два мира", "Хоёр ертөнц"),
    "view-swarm": ("200 runs", "200 прогонов", "200 тооцоо"),
    "own-files": ("Saved in this folder", "Сохранено в этой папке", "Энэ хавтаст хадгалсан"),
    "no-card": (
        "Pick a question: the war on the map changes at once.",
        "Выберите вопрос: война на карте изменится сразу.",
        "Асуулт сонго: газрын зураг дээрх дайн тэр дор нь өөрчлөгдөнө.",
    ),
    "runs-in": ("{n} of {all} runs", "{n} из {all} прогонов", "{all}-аас {n} тооцоо"),
    "in-history": ("history {n}", "история {n}", "түүх {n}"),
    "no-change": ("as in history", "как в истории", "түүхийн адил"),
    "difference": ("change {n}", "разница {n}", "өөрчлөлт {n}"),
    "points": ("{n} pts", "{n} п. п.", "{n} оноо"),
    "never": ("never", "никогда", "хэзээ ч үгүй"),
    "around-day": ("about {day}", "около {day}", "{day} орчим"),
    "levers-leave-fork": (
        "A fork is on the map: a lever starts from history again",
        "На карте развилка: рычаг начнёт снова с истории",
        "Зурагт салаа тооцоо байна: хөшүүрэг түүхээс дахин эхэлнэ",
    ),
    "patch-refused": (
        "This cannot be run; the last run stays on the map:",
        "Это рассчитать нельзя; на карте остаётся прежний прогон:",
        "Үүнийг тооцох боломжгүй; өмнөх тооцоо хэвээр:",
    ),
    "saved-patch": (
        "Saved: {file}. Also: urga compare {file}",
        "Сохранено: {file}. Ещё: urga compare {file}",
        "Хадгаллаа: {file}. Мөн: urga compare {file}",
    ),
    "fate-0": ("in command", "командует", "захирч байна"),
    "fate-1": ("wounded", "ранен", "шархтай"),
    "fate-2": ("killed", "убит", "алагдсан"),
    "fate-3": ("captured", "пленён", "баригдсан"),
    "fate-4": ("fled", "бежал", "зугтсан"),
    "part-men": ("{who}: other strength", "{who}: другая численность", "{who}: өөр хүчтэй"),
    "part-place": ("{who}: stands elsewhere", "{who}: в другом месте", "{who}: өөр газар"),
    "part-order": ("{who}: another order", "{who}: другой приказ", "{who}: өөр тушаал"),
    "part-field": (
        "{who}: in the field in one world only",
        "{who}: в поле лишь в одном из миров",
        "{who}: зөвхөн нэг ертөнцөд",
    ),
    "part-only-now": ("only in yours: {what}", "только в вашем: {what}", "зөвхөн танайд: {what}"),
    "part-only-history": ("only in history's: {what}", "только в истории: {what}", "зөвхөн түүхэнд: {what}"),
    "worlds-part": ("The worlds part here", "Здесь миры расходятся", "Ертөнцүүд энд салав"),
    "worlds-legend": (
        "Dashed: history's settings on the same dice, where they differ",
        "Пунктир: условия истории при том же жребии, где есть отличие",
        "Тасархай: ижил шоогоор түүхийн нөхцөл, ялгаатай газар",
    ),
    "swarm-legend": (
        "Dots: where a force is in {n} runs; area = share of the runs",
        "Точки: где часть в {n} прогонах; площадь = доля прогонов",
        "Цэг: {n} тооцоонд анги хаана байгаа; талбай = тооцооны хувь",
    ),
    "swarm-tip": (
        "{who}: here in {share} of the runs ({n})",
        "{who}: здесь в {share} прогонов ({n})",
        "{who}: тооцооны {share}-д энд ({n})",
    ),
    "fan-red": ("Reds and allies, men", "Красные и союзники, чел.", "Улаан ба холбоотон, хүн"),
    "fan-white": ("Whites and allies, men", "Белые и союзники, чел.", "Цагаан ба холбоотон, хүн"),
    "fan-note": (
        "Line: the run on the map. Bands: middle half and 95 % of the runs; dotted: history's settings. "
        "Diamonds: documented figures, with their range.",
        "Линия: прогон на карте. Полосы: средняя половина и 95 % прогонов; точки: условия истории. "
        "Ромбы: документальные цифры с их разбросом.",
        "Шугам: зураг дээрх тооцоо. Зурвас: тооцооны дундах хагас ба 95 %; цэгтэй: түүхийн нөхцөл. "
        "Ромб: баримтын тоо, зөрүүтэй нь.",
    ),
    "lever-source": (
        "{text} History: {home}. Source: {source}",
        "{text} В истории: {home}. Источник: {source}",
        "{text} Түүхэнд: {home}. Эх сурвалж: {source}",
    ),
    "dice-tip": (
        "Which throw of the dice the map shows. The probabilities are over 200 of them.",
        "Какой бросок жребия на карте. Вероятности считаются по двумстам.",
        "Зураг дээр аль шоо вэ. Магадлалыг 200 шоогоор тооцно.",
    ),
    "tip-live": (
        "Run anew while a slider moves",
        "Пересчитывать, пока движется ползунок",
        "Гулсуур хөдлөхөд шууд тооцох",
    ),
    "tip-since": (
        "Whether the levers hold from the first day or from the day on the map",
        "Действуют ли рычаги с первого дня или с дня на карте",
        "Хөшүүрэг эхний өдрөөс үү, зураг дээрх өдрөөс үү",
    ),
    "tip-save": (
        "Save as a patch file (Ctrl+S); drop a patch file on the window to load it",
        "Сохранить как файл изменений (Ctrl+S); чтобы загрузить файл, перетащите его в окно",
        "Өөрчлөлтийн файл болгон хадгалах (Ctrl+S); ачаалахын тулд файлыг цонх руу чир",
    ),
    "tip-strip": ("Outcomes of 200 runs (O)", "Исходы 200 прогонов (O)", "200 тооцооны үр дүн (O)"),
    "tip-worlds": (
        "History's settings beside yours, on the same dice (W)",
        "Условия истории рядом с вашими, тот же жребий (W)",
        "Түүхийн нөхцөл танайтай зэрэгцээ, ижил шоо (W)",
    ),
    "tip-swarm": (
        "Where the forces are in 200 runs (M)",
        "Где силы в 200 прогонах (M)",
        "200 тооцоонд хүчнүүд хаана (M)",
    ),
    "strip-tip-share": (
        "{name}: share of {n} runs in which it happens, with its 95 % interval; ring: history's settings. "
        "A diamond marks a change that the interval on the same dice tells from none.",
        "{name}: доля из {n} прогонов, в которых это случается, с 95 %-м интервалом; кольцо: условия истории. "
        "Ромб отмечает разницу, которую интервал при том же жребии отличает от нуля.",
        "{name}: {n} тооцооны хэдэд нь тохиолдох хувь, 95 %-ийн завсартай; цагираг: түүхийн нөхцөл. "
        "Ромб нь ижил шоогоор тэгээс ялгарах өөрчлөлтийг тэмдэглэнэ.",
    ),
    "strip-tip-men": (
        "{name}: mean of {n} runs with its 95 % interval; columns: these runs, outline: history's settings.",
        "{name}: среднее по {n} прогонам с 95 %-м интервалом; столбцы: эти прогоны, контур: условия истории.",
        "{name}: {n} тооцооны дундаж, 95 %-ийн завсартай; багана: эдгээр тооцоо, хүрээ: түүхийн нөхцөл.",
    ),
    "strip-tip-fate": (
        "{name} in {n} runs: {now}. History's settings: {before}.",
        "{name} в {n} прогонах: {now}. Условия истории: {before}.",
        "{name}, {n} тооцоо: {now}. Түүхийн нөхцөл: {before}.",
    ),
    "help-save": ("save the what-if as a patch", "сохранить условия в файл", "нөхцөлийг файлд хадгалах"),
    "help-strip": ("outcomes of 200 runs", "исходы 200 прогонов", "200 тооцооны үр дүн"),
    "help-worlds": ("two worlds on one map", "два мира на одной карте", "нэг зурагт хоёр ертөнц"),
    "help-swarm": ("where forces are in 200 runs", "силы в 200 прогонах", "200 тооцоонд хүчнүүд"),
    "help-cards": ("levers, questions, strength", "рычаги, вопросы, силы", "хөшүүрэг, асуулт, хүч"),
}
