"""What is typed in the scene of the sheets' pictures, in each language: every person in it is fictional."""

import msgspec


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
        "aucune équipe libre",
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
