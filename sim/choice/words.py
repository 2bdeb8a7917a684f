"""What `urga decide` and `urga why` print, in English, Russian and Mongolian."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str, str]] = {
    "id": ("id", "id", "id"),
    "hour": ("hour in this run", "час в этом прогоне", "энэ тооцоон дахь цаг"),
    "side": ("side", "сторона", "тал"),
    "question": ("question", "вопрос", "асуулт"),
    "when": ("{day} {year}, {clock}", "{day} {year} г., {clock}", "{year} оны {day}, {clock}"),
    "other-plan": (
        "(As history put the question; in this run's plan it comes now, and things may stand otherwise.)",
        "(Вопрос — как его поставила история; по плану этого прогона он встаёт сейчас, и обстановка может быть иной.)",
        "(Асуултыг түүхэнд тавьсанчлан; энэ тооцооны төлөвлөгөөнд одоо тулгарсан тул байдал өөр байж болно.)",
    ),
    "knew": (
        "What the commander knew: {who}, {place}",
        "Что знал командир: {who}, {place}",
        "Захирагчийн мэдсэн нь: {who}, {place}",
    ),
    "own": (
        "own: {men} men in {units} units, {guns} guns, {mg} machine guns; {lost}; fatigue {fatigue}, "
        "cohesion {cohesion}; rations for {days} days, {rounds} rounds a man",
        "свои: {men} чел., частей: {units}, орудий: {guns}, пулемётов: {mg}; {lost}; усталость {fatigue}, "
        "сплочённость {cohesion}; продовольствия на {days} дн., {rounds} патр. на человека",
        "өөрийн: {men} хүн, {units} анги, {guns} их буу, {mg} пулемёт; {lost}; ядаргаа {fatigue}, "
        "эв нэгдэл {cohesion}; хүнс {days} өдрийн, хүн тутамд {rounds} сум",
    ),
    "lost": (
        "{share} of the first strength lost",
        "потеряно {share} первоначальной численности",
        "анхны хүчнээс {share} хорогдсон",
    ),
    "gained": (
        "{share} above the first strength",
        "на {share} больше первоначальной численности",
        "анхны хүчнээс {share} илүү",
    ),
    "full": ("at full strength", "в полном составе", "бүрэн бүрэлдэхүүнтэй"),
    "no-enemy": ("of the enemy: nothing", "о противнике: ничего", "дайсны тухай: юу ч үгүй"),
    "enemy": (
        "of the enemy: {men} men in {n} reports",
        "о противнике: {men} чел., донесений: {n}",
        "дайсны тухай: {men} хүн, {n} мэдээ",
    ),
    "age": ("age of the news", "давность", "мэдээний нас"),
    "unit": ("enemy", "противник", "дайсан"),
    "men": ("men as reported", "чел. по донесению", "мэдээлсэн хүн"),
    "seen": ("seen at", "замечен", "харсан газар"),
    "older": ("and {n} older reports", "и более старых донесений: {n}", "өөр {n} хуучин мэдээ"),
    "hours": ("{n} h", "{n} ч", "{n} цаг"),
    "days": ("{n} days", "{n} дн.", "{n} өдөр"),
    "history": ("history", "история", "түүх"),
    "plan": ("the plan", "план", "төлөвлөгөө"),
    "history-of": ("history's option", "варианту истории", "түүхийн хувилбар"),
    "plan-of": ("the plan's option", "варианту плана", "төлөвлөгөөний хувилбар"),
    "runs": (
        "{n} runs of each option leave the past of seed {seed} here, on the same dice; intervals 95 %, "
        "differences to {base} paired",
        "{n} прогонов каждого варианта расходятся отсюда, прошлое — зерна {seed}, жребий тот же; интервалы 95 %, "
        "разности к {base} попарно",
        "Хувилбар бүрт {n} тооцоо эндээс салаална, өнгөрсөн нь {seed} үрийнх, шоо ижил; завсар 95 %, "
        "ялгаа нь {base}-аас, хосоор",
    ),
    "span": ("{value} ({low} to {high})", "{value} ({low} … {high})", "{value} ({low} … {high})"),
    "points": (
        "{value} points ({low} to {high})",
        "{value} п. п. ({low} … {high})",
        "{value} оноо ({low} … {high})",
    ),
    "failed": (
        "{n} runs failed and are left out; the first, number {first}: {error}",
        "{n} прогонов не удалось, они не учтены; первый, номер {first}: {error}",
        "{n} тооцоо амжилтгүй, тоонд ороогүй; эхнийх нь {first} дугаар: {error}",
    ),
    "documented": ("documented", "документировано", "баримттай"),
    "inferred": ("inferred", "выведено", "дүгнэсэн"),
    "assumed": ("assumed", "допущение", "таамагласан"),
    "disputed": ("disputed", "спорно", "маргаантай"),
}
