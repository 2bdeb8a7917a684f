"""What games and explanations say, in English, Russian and Mongolian, from one table.

`say("no-way", "ru", unit=..., place=...)` gives the text; the fields in braces are filled by the caller. Names of
places, units and people come from the scenario, in its own three columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

LANGUAGES = ("en", "ru", "mn")

PHRASES: dict[str, tuple[str, str, str]] = {
    # -------------------------------------------------------------- tasks, as an order names them
    "task-march": ("march to {place}", "марш: {place}", "{place} рүү явах"),
    "task-attack": ("attack {place}", "атаковать: {place}", "{place}-г дайрах"),
    "task-hold": ("hold {place}", "удерживать: {place}", "{place}-г хамгаалах"),
    "task-screen": ("screen {place}", "прикрывать: {place}", "{place}-г халхлах"),
    "task-raid": ("raid {place}", "набег: {place}", "{place} руу довтлох"),
    "task-withdraw": ("withdraw to {place}", "отойти: {place}", "{place} рүү ухрах"),
    "task-rest": ("rest at {place}", "отдых: {place}", "{place}-д амрах"),
    "task-join": ("join {place}", "присоединиться: {place}", "{place}-тай нэгдэх"),
    "task-pursue": ("pursue {place}", "преследовать: {place}", "{place}-г мөрдөх"),
    "task-bridge": ("bridge the river at {place}", "навести мост: {place}", "{place}-д гүүр тавих"),
    "task-attach": ("come under {place}", "войти в подчинение: {place}", "{place}-ын мэдэлд орох"),
    "task-detach": ("send a part to {place}", "выделить часть: {place}", "{place}-д хэсэг илгээх"),
    "task-entrain": ("go by rail to {place}", "по железной дороге: {place}", "{place} рүү төмөр замаар явах"),
    "task-disperse": ("go home", "разойтись", "тарах"),
    "where-it-stands": ("where it stands", "на месте", "байгаа газартаа"),
    # -------------------------------------------------------------- orders: receipts and refusals
    "receipt": (
        "{units}: {task}; goes out {sent}, reaches the unit about {arrives}",
        "{units}: {task}; отправлен {sent}, дойдёт около {arrives}",
        "{units}: {task}; {sent}-д гарч, {arrives} орчим хүрнэ",
    ),
    "hint": (" (did you mean {name}?)", " (может быть, {name}?)", " ({name} гэх гэсэн үү?)"),
    "receipt-waits": (
        "in battle now, taken up when the fight is over: {units}",
        "сейчас в бою, исполнит после него: {units}",
        "одоо тулалдаж байгаа, дууссаны дараа биелүүлнэ: {units}",
    ),
    "over": ("the campaign is over", "кампания окончена", "аян дайн дууссан"),
    "no-units": ("an order needs a unit", "приказу нужна часть", "тушаалд анги хэрэгтэй"),
    "unknown-unit": ("there is no unit {unit}{hint}", "нет такой части: {unit}{hint}", "{unit} гэсэн анги алга{hint}"),
    "twice": ("{unit} is named twice", "{unit}: названа дважды", "{unit} хоёр удаа бичигдсэн"),
    "not-yours": (
        "{unit} is the enemy's, not yours",
        "{unit}: часть противника, не ваша",
        "{unit} таных биш, дайсных",
    ),
    "not-yet": (
        "{unit} enters the campaign only on {date}",
        "{unit}: вступает в кампанию лишь {date}",
        "{unit} зөвхөн {date}-нд орж ирнэ",
    ),
    "gone": ("{unit} is gone: it dispersed", "{unit}: больше нет, рассеялась", "{unit} байхгүй: тарсан"),
    "captured": (
        "{unit} is gone: it laid down its arms on {date}",
        "{unit}: сложила оружие {date}",
        "{unit} {date}-нд зэвсгээ хураалгасан",
    ),
    "dispersed": (
        "{unit} is gone: it fell apart on {date}",
        "{unit}: распалась {date}",
        "{unit} {date}-нд задарсан",
    ),
    "born-here": (
        "{unit} parted from another unit during the campaign and follows its command",
        "{unit}: отделилась в ходе кампании и следует за своим отрядом",
        "{unit} дайны явцад салж гарсан тул захиргаагаа дагана",
    ),
    "aircraft": (
        "{unit}: aircraft fly reconnaissance of their own, they take no orders",
        "{unit}: авиация ведёт разведку сама и приказов не принимает",
        "{unit}: нисэх анги өөрөө тагнадаг, тушаал авахгүй",
    ),
    "mutinied": (
        "{unit}: {command} has mutinied and obeys nobody",
        "{unit}: {command} — мятеж, никому не подчиняется",
        "{unit}: {command} босож, хэнд ч захирагдахгүй",
    ),
    "no-staff": (
        "{unit}: {command} has no staff left to send the order",
        "{unit}: {command} — не осталось штаба, чтобы передать приказ",
        "{unit}: {command}-д тушаал илгээх штаб үлдсэнгүй",
    ),
    "unknown-task": (
        "there is no task {task}{hint}; known: {known}",
        "нет такой задачи: {task}{hint}; есть: {known}",
        "{task} гэсэн үүрэг алга{hint}; байгаа нь: {known}",
    ),
    "unknown-place": (
        "there is no place {place}{hint}",
        "нет такого места: {place}{hint}",
        "{place} гэсэн газар алга{hint}",
    ),
    "unknown-command": (
        "there is no command {place} of yours{hint}",
        "у вас нет такого отряда: {place}{hint}",
        "танд {place} гэсэн захиргаа алга{hint}",
    ),
    "own-command": (
        "{unit} belongs to {command} already",
        "{unit}: уже в составе: {command}",
        "{unit} аль хэдийн {command}-д харьяалагддаг",
    ),
    "needs-place": (
        "{task}: say where to",
        "{task}: укажите место",
        "{task}: газрыг нэрлэнэ үү",
    ),
    "unknown-pace": (
        "there is no pace {pace}; known: slow, normal, forced",
        "нет такого темпа: {pace}; есть: slow, normal, forced",
        "{pace} гэсэн хурд алга; байгаа нь: slow, normal, forced",
    ),
    "odds": (
        "the odds to accept are a number of 0 or more, not {accept}",
        "соотношение сил — число не меньше 0, а не {accept}",
        "хүчний харьцаа 0-ээс багагүй тоо байна, {accept} биш",
    ),
    "already-there": ("{unit} stands there already", "{unit}: уже там", "{unit} аль хэдийн тэнд байна"),
    "no-way": (
        "{unit}: no way leads from {here} to {place}",
        "{unit}: нет пути {here} — {place}",
        "{unit}: {here}-аас {place} хүрэх зам алга",
    ),
    "no-way-wheels": (
        "{unit}: only a mountain trail leads to {place}, and it has wheels with it (leave them behind, or go round)",
        "{unit}: {place} — туда ведёт лишь горная тропа, а с ней обоз на колёсах (оставить его или идти в обход)",
        "{unit}: {place} хүрэх нь уулын жим, гэтэл дугуйт хэрэгсэлтэй (орхих эсвэл тойрох)",
    ),
    "too-far": (
        "{unit}: the way to {place} has too many stages for one order; name a nearer place",
        "{unit}: {place} — слишком далеко для одного приказа, назовите место ближе",
        "{unit}: {place} нэг тушаалд хэт хол, ойрхон газар нэрлэнэ үү",
    ),
    "no-enemy": (
        "{place} is yours and no enemy is known to be near: there is nobody to attack",
        "{place}: место ваше, о противнике рядом ничего не известно — атаковать некого",
        "{place} таных, ойр дайсан мэдэгдээгүй: дайрах хүн алга",
    ),
    "enemy-there": (
        "as far as you know the enemy is at {place}: nobody withdraws or rests there",
        "насколько известно, {place} у противника: туда не отходят и там не отдыхают",
        "мэдэж байгаагаар {place}-д дайсан байна: тийш ухарч, амрахгүй",
    ),
    "in-battle": (
        "{unit} is in battle: nobody rests there",
        "{unit} в бою: отдыха там нет",
        "{unit} тулалдаж байна: амрах боломжгүй",
    ),
    "nothing-to-recall": (
        "no order of this hour can be taken back",
        "в этот час нет приказов, которые можно отозвать",
        "энэ цагт буцаах тушаал алга",
    ),
    # -------------------------------------------------------------- news
    "news-battle": (
        "{unit}: a fight begins, {place}",
        "{unit}: завязался бой, {place}",
        "{unit}: тулаан эхлэв, {place}",
    ),
    "news-won": ("{unit}: a victory, {place}", "{unit}: победа, {place}", "{unit} яллаа, {place}"),
    "news-lost": ("{unit}: beaten, {place}", "{unit}: поражение, {place}", "{unit} цохигдов, {place}"),
    "news-declines": (
        "{unit}: gave way without a fight, {place}",
        "{unit}: отошла без боя, {place}",
        "{unit} тулалдалгүй зайлав, {place}",
    ),
    "news-pushes": (
        "the enemy gives way before {unit}, {place}",
        "противник уходит без боя, {unit}, {place}",
        "{unit}-ын өмнө дайсан зайлав, {place}",
    ),
    "news-surrenders": (
        "{unit}: laid down its arms, {place}",
        "{unit}: сложила оружие, {place}",
        "{unit} зэвсгээ хураалгав, {place}",
    ),
    "news-disperses": ("{unit}: fell apart, {place}", "{unit}: распалась, {place}", "{unit} задарлаа, {place}"),
    "news-arrives": ("{unit}: arrived, {place}", "{unit}: прибыла, {place}", "{unit} ирлээ, {place}"),
    "news-gained": ("{place} is in our hands", "{place}: место наше", "{place} манай гарт орлоо"),
    "news-fell": ("{place} is lost", "{place}: место потеряно", "{place} алдагдлаа"),
    "news-mutiny": ("mutiny: {command}, {place}", "мятеж: {command}, {place}", "бослого: {command}, {place}"),
    "news-killed": ("{person} is dead, {place}", "{person}: погиб, {place}", "{person} амь үрэгдэв, {place}"),
    "news-wounded": ("{person} is wounded, {place}", "{person}: ранен, {place}", "{person} шархдав, {place}"),
    "news-taken": ("{person} is a prisoner, {place}", "{person}: в плену, {place}", "{person} олзлогдов, {place}"),
    "news-flees": ("{person} has fled, {place}", "{person}: бежал, {place}", "{person} дутаав, {place}"),
    "news-hungry": ("{unit}: hungry, {place}", "{unit}: голод, {place}", "{unit} өлсөж байна, {place}"),
    "news-guns-lost": (
        "{unit}: guns lost, {place}",
        "{unit}: потеряны орудия, {place}",
        "{unit} буугаа алдав, {place}",
    ),
    "news-rallies": ("{unit}: rallied, {place}", "{unit}: пришла в порядок, {place}", "{unit} эмхэрлээ, {place}"),
    "news-enters": ("{unit}: came up, {place}", "{unit}: подошла, {place}", "{unit} ирж нэгдэв, {place}"),
    "news-alarm": (
        "enemy reported {km} km from {unit}: about {men} men, {place}",
        "противник в {km} км, {unit}: около {men} чел., {place}",
        "{unit}-аас {km} км-т дайсан: {men} орчим хүн, {place}",
    ),
    "news-alarm-here": (
        "enemy reported at {place}, where {unit} stands: about {men} men",
        "противник там же, где {unit}: {place}, около {men} чел.",
        "{unit} байгаа газарт ({place}) дайсан: {men} орчим хүн",
    ),
    # -------------------------------------------------------------- explanations: what is explained
    "at": ("at {place}", "{place}", "{place} орчимд"),
    "between": ("between {a} and {b}", "по пути {a} — {b}", "{a}, {b} хоёрын хооронд"),
    "why": ("Why: {event}", "Почему: {event}", "Яагаад: {event}"),
    "head-battle": (
        "{a} attacked {b} {site} ({n1} against {n2} men in all)",
        "{a} — атака на {b}, {site} (всего {n1} против {n2} чел.)",
        "{a} {b}-г {site} дайрав (нийт {n1}, эсрэг {n2} хүн)",
    ),
    "head-battle-ends": (
        "{b} was beaten by {a} {site} and fell back (it lost {lost} of {men} men, the victors {won})",
        "{b}: поражение, победитель — {a}, {site}; отход (потеряно {lost} из {men} чел., у победителя {won})",
        "{b} {site} {a}-д цохигдон ухрав ({men} хүнээс {lost}, ялагч {won} хүн алдав)",
    ),
    "head-declines": (
        "{a} ({n1} men) gave way before {b} ({n2} men) {site} without a fight",
        "{a} ({n1} чел.) — отход без боя, противник — {b} ({n2} чел.), {site}",
        "{a} ({n1} хүн) {b}-ын ({n2} хүн) өмнө {site} тулалдалгүй зайлав",
    ),
    "head-ordered": (
        "{command} ({n1} men) was ordered to {task}",
        "{command} ({n1} чел.) — приказ: {task}",
        "{command} ({n1} хүн): {task} тушаал авав",
    ),
    "head-mutiny": (
        "{command} mutinied {site} ({n1} men)",
        "{command} — мятеж, {site} ({n1} чел.)",
        "{command} {site} босов ({n1} хүн)",
    ),
    "head-commander-captured": (
        "{person} was taken {site} by {a}",
        "{person} — плен, {site}, взят: {a}",
        "{person} {site} {a}-д олзлогдов",
    ),
    "head-commander-killed": ("{person} was killed {site}", "{person} — гибель, {site}", "{person} {site} алагдав"),
    "head-commander-flees": ("{person} fled {site}", "{person} — бегство, {site}", "{person} {site} дутаав"),
    "head-surrenders": (
        "{a} laid down its arms {site} ({n1} men)",
        "{a} — сложила оружие, {site} ({n1} чел.)",
        "{a} {site} зэвсгээ хураалгав ({n1} хүн)",
    ),
    "head-holder": ("{place} fell to {side}", "{place} — заняли: {side}", "{place}-г {side} эзлэв"),
    # -------------------------------------------------------------- explanations: causes
    "under-orders": (
        "{unit} had the order of {date}: {task}",
        "{unit}: приказ от {date} — {task}",
        "{unit} {date}-ны тушаалтай байв: {task}",
    ),
    "accepts": (
        "{unit}: its order allowed battle when its own power was at least {accept} times the enemy's",
        "{unit}: приказ допускал бой при соотношении сил не ниже {accept} к 1",
        "{unit}: тушаал ёсоор өөрийн хүч дайсныхаас {accept} дахинаас багагүй үед тулалдана",
    ),
    "men-met": (
        "men on the spot: {a} {n1}; {b} {n2}",
        "людей на месте: {a} — {n1}; {b} — {n2}",
        "тэнд байсан хүн: {a} {n1}; {b} {n2}",
    ),
    "surprise": (
        "{b} was surprised: nobody had reported {a} within a day and 60 km",
        "{b}: застигнута врасплох, о {a} за сутки и 60 км никто не доносил",
        "{b} гэнэдэв: нэг хоног, 60 км дотор {a}-г хэн ч мэдээлээгүй",
    ),
    "power": (
        "fighting power in the last hour: {a} {p1}; {b} {p2} (men by cohesion and rounds, machine guns, guns)",
        "боевая сила в последний час: {a} — {p1}; {b} — {p2} (люди по сплочённости и патронам, пулемёты, орудия)",
        "сүүлийн цагийн тулалдах хүч: {a} {p1}; {b} {p2} (хүн, эв нэгдэл, сум, пулемёт, буу)",
    ),
    "quality": (
        "quality of the troops, fatigue counted in: {a} {q1}; {b} {q2}",
        "качество войск с учётом усталости: {a} — {q1}; {b} — {q2}",
        "цэргийн чанар, ядаргааг оруулаад: {a} {q1}; {b} {q2}",
    ),
    "position": (
        "position: {a} {x1}; {b} {x2} (1 is a meeting, more is prepared ground or a town)",
        "позиция: {a} — {x1}; {b} — {x2} (1 — встречный бой, больше — подготовленная или город)",
        "байрлал: {a} {x1}; {b} {x2} (1 бол тосох тулаан, их бол бэлтгэсэн байрлал, хот)",
    ),
    "against-odds": (
        "no foregone conclusion: all in all {b} was not the weaker; chance to break that hour: {h2} in a hundred",
        "исход не был предрешён: с учётом всего {b} не слабее; вероятность не выдержать в этот час — {h2} из ста",
        "үр дүн урьдаас тодорхой биш байв: чанар, байрлалыг тооцвол {b} сул биш, тэр цагт бутрах магадлал зуугаас {h2}",
    ),
    "breaking": (
        "chance to break off in that hour: {b} {h2} in a hundred; {a} {h1}; the fight had lasted {hours} h",
        "вероятность не выдержать в этот час: {b} — {h2} из ста; {a} — {h1}; бой длился {hours} ч",
        "тэр цагт бутрах магадлал: {b} зуугаас {h2}; {a} {h1}; тулаан {hours} цаг үргэлжилсэн",
    ),
    "bled": (
        "in the fight itself {b} had lost {lost} of {men} men, {a} {won}",
        "в самом бою {b} потеряла {lost} из {men} чел., {a} — {won}",
        "тулаанд {b} {men} хүнээс {lost}, {a} {won} хүн алдсан байв",
    ),
    "no-rounds": (
        "{unit} had {rounds} rounds a man left",
        "{unit}: осталось {rounds} патронов на человека",
        "{unit}-д нэг хүнд {rounds} сум үлдсэн байв",
    ),
    "low-cohesion": (
        "cohesion of {unit} was down to {value} in a hundred",
        "сплочённость, {unit}: {value} из ста",
        "{unit}-ын эв нэгдэл зуугаас {value} болтлоо буурсан байв",
    ),
    "tired": (
        "{unit} was tired: {value} in a hundred",
        "{unit}: усталость {value} из ста",
        "{unit} ядарсан байв: зуугаас {value}",
    ),
    "left-field": (
        "one side was no longer there: the fight had nobody to go on with",
        "одной из сторон на поле уже не было",
        "нэг тал нь талбарт байхаа больсон байв",
    ),
    "beaten-before": (
        "{command} had been beaten on {date} {site}",
        "{command}: поражение {date}, {site}",
        "{command} {date}-нд {site} цохигдсон байв",
    ),
    "order-before": (
        "earlier, on {date}, {command} had been ordered to {task}",
        "раньше, {date}, {command} — приказ: {task}",
        "өмнө нь {date}-нд {command}: {task} тушаал авсан",
    ),
    "reported": (
        "about {men} enemies were reported within {km} km, in {n} reports of the last {days} days",
        "в радиусе {km} км доносили примерно о {men} чел. противника ({n} донесений за {days} дн.)",
        "{km} км дотор {men} орчим дайсан мэдээлэгдсэн ({days} хоногийн {n} мэдээ)",
    ),
    "strength-left": (
        "{command} had {now} men left of {first} on the first day",
        "{command}: осталось {now} чел. из {first} в первый день",
        "{command}-д эхний өдрийн {first} хүнээс {now} үлдсэн байв",
    ),
    "place-lost": (
        "{place} had fallen to {side} on {date}",
        "{place}: заняли {side}, {date}",
        "{place}-г {side} {date}-нд эзэлсэн байв",
    ),
    "mutiny-before": (
        "{command} had mutinied on {date}",
        "{command}: мятеж {date}",
        "{command} {date}-нд боссон байв",
    ),
    "date-come": ("the date set for it had come", "наступил назначенный срок", "товлосон хугацаа болсон"),
    "plot": (
        "{plot} in a hundred officers were in the plot; chance of an outbreak that day {hazard} in a hundred",
        "в заговоре {plot} из ста офицеров; вероятность взрыва в тот день {hazard} из ста",
        "зуун офицерын {plot} нь хуйвалдаанд орсон; тэр өдөр дэгдэх магадлал зуугаас {hazard}",
    ),
    "grievance": (
        "grievance {g} stood against fear of the commander {f} (officers' thresholds lie about {mean})",
        "недовольство {g} против страха перед командиром {f} (пороги офицеров около {mean})",
        "гомдол {g}, даргаас айх айдас {f} (офицеруудын босго {mean} орчим)",
    ),
    "terror": (
        "terror weighed {w}: {dead} men executed and {beaten} beatings in the last {days} days",
        "террор (вес {w}): за {days} дн. казнено {dead} чел., избиений {beaten}",
        "хядлага ({w}): сүүлийн {days} хоногт {dead} хүн цаазалж, {beaten} удаа зодсон",
    ),
    "goal": (
        "the goal weighed {w}: {unit} was led where it did not want to go ({task})",
        "цель (вес {w}): {unit} ведут туда, куда не хотят ({task})",
        "зорилго ({w}): {unit}-г хүсээгүй зүг рүү нь удирдав ({task})",
    ),
    "defeats": (
        "defeats weighed {w}: {n} in the last {days} days",
        "поражения (вес {w}): {n} за {days} дн.",
        "ялагдал ({w}): сүүлийн {days} хоногт {n}",
    ),
    "hunger": (
        "hunger weighed {w} ({value} in a hundred)",
        "голод (вес {w}; {value} из ста)",
        "өлсгөлөн ({w}; зуугаас {value})",
    ),
    "weariness": (
        "weariness weighed {w} (fatigue {value} in a hundred)",
        "усталость (вес {w}; {value} из ста)",
        "ядаргаа ({w}; зуугаас {value})",
    ),
    "fled": (
        "{person} had fled on {date} with {men} men",
        "{person}: бежал {date}, с ним {men} чел.",
        "{person} {date}-нд {men} хүнтэй дутаасан",
    ),
    "escort": (
        "his escort had melted from {first} to {now} men",
        "конвой растаял с {first} до {now} чел.",
        "дагалдагч нь {first}-аас {now} хүн болтлоо цөөрсөн",
    ),
    "captor-near": (
        "{unit} was {km} km away",
        "{unit}: в {km} км",
        "{unit} {km} км-т байв",
    ),
    "by-mutineers": (
        "mutineers killed him: {command} had risen on {date}",
        "убит мятежниками: {command}, {date}",
        "босогчид алсан: {command} {date}-нд босов",
    ),
    "in-battle-of": (
        "he rode with {unit}, which was fighting there",
        "он был с частью: {unit}, шёл бой",
        "тэр тулалдаж байсан {unit}-тай явж байв",
    ),
    "cut-off": (
        "it was beaten on {date} and had no way out",
        "разбита {date}, пути отхода не было",
        "{date}-нд цохигдож, гарах замгүй байв",
    ),
    "alone": (
        "{men} men of {side} stood there alone ({units})",
        "там стояли одни {side}: {men} чел. ({units})",
        "тэнд {side} {men} хүн дангаараа байв ({units})",
    ),
    "rising": (
        "a consequence took effect: {text}",
        "сказалось последствие: {text}",
        "үр дагавар нөлөөлөв: {text}",
    ),
    "battle-behind": ("behind it: {event}", "за этим: {event}", "үүний ард: {event}"),
    "reason-dawn": ("dawn", "рассвет", "үүр"),
    "reason-news": ("news", "донесение", "мэдээ"),
    "reason-start": ("the game begins", "игра начинается", "тоглоом эхэллээ"),
    "reason-over": ("the campaign is over", "кампания окончена", "аян дайн дууслаа"),
}


def say(key: str, lang: str = "en", table: Mapping[str, tuple[str, str, str]] = PHRASES, /, **fields: Any) -> str:
    """A phrase in a language (English for an unknown one), its fields filled: names and dates in that language."""
    column = LANGUAGES.index(lang) if lang in LANGUAGES else 0
    return table[key][column].format(**{name: localised(value, lang) for name, value in fields.items()})


@dataclass(frozen=True)
class Phrase:
    """A phrase that is not yet said: a key with its fields."""

    key: str
    fields: Mapping[str, Any]

    def told(self, lang: str = "en") -> str:
        """The phrase in a language."""
        return say(self.key, lang, **self.fields)


def in_language(entry: Any, field: str, lang: str) -> str:
    """A text of a scenario row in a language; English where that is missing."""
    return str(getattr(entry, field if lang == "en" else f"{field}_{lang}", "") or getattr(entry, field))


def localised(value: Any, lang: str) -> Any:
    """A field as it is said: rows of the scenario by their name, dates written out, lists joined."""
    if isinstance(value, Phrase):
        return value.told(lang)
    if hasattr(value, "month"):
        return date_of(value, lang)
    if hasattr(value, "name"):
        return in_language(value, "name", lang)
    if isinstance(value, tuple):
        return ", ".join(str(localised(one, lang)) for one in cast("tuple[Any, ...]", value))
    return value


def date_of(moment: Any, lang: str = "en", clock: bool = False) -> str:
    """`3 June`, `3 июня`, `6-р сарын 3`; with `clock` the hour as well."""
    day, month = moment.day, moment.month
    told = {
        "ru": f"{day} {_RUSSIAN[month - 1]}",
        "mn": f"{month}-р сарын {day}",
    }.get(lang, f"{day} {_ENGLISH[month - 1]}")
    return f"{told}, {moment:%H:%M}" if clock else told


_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_RUSSIAN = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
