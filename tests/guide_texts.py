"""What persons say in the pictures of the sheets for users, and the scenario that is played in them. Everybody is invented."""

import msgspec

SCENARIO = """\
format: vigie-scenario
version: 1
title: {title}
story: {story}
briefing: {briefing}
lasts: 1500
cases:
  - number: EX-2026-101
    victim: {{name: C. Fictief, languages: [nl]}}
    devices: [EX-1]
    valid_from: 2020-01-01
    valid_until: 2099-12-31
    source: {fictional}
    date: 2026-01-01
tracks:
  - device: EX-1
    points: [{{at: 0, lat: 51.0401, lon: 3.712}}, {{at: 600, lat: 51.0461, lon: 3.725}}, {{at: 900, lat: 51.0536, lon: 3.7253}}]
steps:
  - {{at: 2, what: {{do: press, device: EX-1}}}}
  - {{at: 60, what: {{do: line, device: EX-1, state: ended}}}}
  - {{at: 240, what: {{do: press, device: EX-1}}}}
injects:
  - {{name: {inject_one}, what: [{{do: zone, answer: decline, reason: {declined}}}]}}
  - {{name: {inject_two}, what: [{{do: link, device: EX-1, state: app_stopped}}]}}
references:
  - {{device: EX-1, zone: "5415"}}
"""


class Texts(msgspec.Struct, frozen=True):
    """What persons say in the pictures, in a language."""

    title: str
    story: str
    briefing: str
    fictional: str
    inject_one: str
    inject_two: str
    declined: str
    trainee: str


TEXTS = {
    "en": Texts(
        "On foot through Gent",
        "She leaves home and walks north. He follows her.",
        "A weekday evening. You have the desk alone.",
        "made up",
        "The zone declines",
        "The phone is switched off",
        "no team is free",
        "T. Voorbeeld",
    ),
    "fr": Texts(
        "À pied dans Gand",
        "La victime quitte le domicile vers le nord. Le suspect la suit.",
        "Un soir de semaine. Vous êtes seul au poste.",
        "inventé",
        "La zone refuse",
        "Le téléphone est éteint",
        "aucune patrouille libre",
        "T. Exemple",
    ),
    "nl": Texts(
        "Te voet door Gent",
        "Het slachtoffer gaat van huis weg, naar het noorden. De verdachte volgt.",
        "Een weekavond. U zit alleen aan de post.",
        "verzonnen",
        "De zone weigert",
        "De gsm is uitgeschakeld",
        "geen ploeg vrij",
        "T. Voorbeeld",
    ),
    "de": Texts(
        "Zu Fuß durch Gent",
        "Das Opfer verlässt die Wohnung nach Norden. Der Verdächtige folgt.",
        "Ein Abend in der Woche. Sie sind allein am Arbeitsplatz.",
        "erfunden",
        "Die Zone lehnt ab",
        "Das Handy ist ausgeschaltet",
        "kein Team frei",
        "T. Beispiel",
    ),
}
# Whose town is the first of a language's, the one with the fullest case.
FIRST = {"en": "Gent", "nl": "Gent", "fr": "Liège", "de": "Eupen"}
