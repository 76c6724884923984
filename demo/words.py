"""What the demo's files say, and what its people type, in the language of the place. Every name is plainly made up."""

import msgspec

from demo.towns import TOWNS, Language


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The phrases of one language. Lists are drawn from in turn; `{}` in an office's name is its town."""

    office: str
    police: str
    victim: str
    victims: tuple[str, ...]
    suspects: tuple[str, ...]
    looks: tuple[str, ...]
    suspect_looks: tuple[str, ...]
    vehicles: tuple[str, ...]
    measure: str
    no_contact: str
    home: str
    school: str
    work: str
    risks: tuple[str, ...]
    weapons: tuple[str, ...]
    present: tuple[str, ...]
    listen_only: str
    silent_approach: str
    others: tuple[str, ...]
    safe_words: tuple[str, ...]
    duress_words: tuple[str, ...]
    zone_excluded: str
    account_excluded: str
    # Typed at the desk: as many of each in every language, so that the same luck takes the same.
    tests: tuple[str, str, str, str]
    accidents: tuple[str, str, str, str, str]
    notes: tuple[str, str, str, str, str]
    called: str
    called_blind: str
    no_patrol: str
    met_police: str
    relieved: str
    nobody: str
    patrol_there: str


def words_of(zone: str) -> Words:
    """Those of a zone's language; of a zone where no town of the demo is, Dutch."""
    return WORDS[next((town.language for town in TOWNS if town.zone == zone), "nl")]


WORDS: dict[Language, Words] = {
    "nl": Words(
        office="Parket {} (fictief)",
        police="PZ {}, verhoor",
        victim="slachtoffer, gesprek",
        victims=("A. Voorbeeld", "B. Fictief", "C. Verzonnen", "D. Denkbeeldig", "E. Proefmodel", "F. Voorbeeld"),
        suspects=("X. Fictief", "Y. Verzonnen", "Z. Voorbeeld"),
        looks=(
            "kort donker haar, grijze jas",
            "draagt een bril, rode rugzak",
            "loopt met een kruk",
            "blond, groene sjaal",
        ),
        suspect_looks=("ongeveer 1,85 m, kaal, tatoeage in de hals", "ongeveer 1,75 m, baard, zwarte pet"),
        vehicles=("witte bestelwagen, nummerplaat 1-ZZZ-0{:02}", "zwarte break, nummerplaat 1-ZZY-0{:02}"),
        measure="tijdelijk huisverbod en contactverbod",
        no_contact="mag niet binnen {} m van de woning komen",
        home="woning",
        school="school",
        work="werk",
        risks=(
            "dreigde op 3 november terug te komen",
            "volgde haar twee keer naar het werk",
            "kent de toegangscode van het gebouw",
        ),
        weapons=("jachtgeweer, niet ingeleverd", "draagt soms een mes"),
        present=("twee kinderen, 4 en 7 jaar", "haar moeder, slechthorend", "grote hond"),
        listen_only="Luister; spreek pas als zij spreekt.",
        silent_approach="Geen sirene in de straat.",
        others=("Bel aan bij de achterdeur.", "Vraag naar het postpakket: dat is de afspraak met de buren."),
        safe_words=("marmelade", "paraplu", "kastanje", "zeilboot"),
        duress_words=("koekoek", "trampoline", "rabarber", "kandelaar"),
        zone_excluded="de broer van de verdachte werkt in deze zone",
        account_excluded="familie van de verdachte",
        tests=(
            "aangekondigde maandelijkse test",
            "eerste test na de afgifte van de knop",
            "test na een nieuwe gsm",
            "technicus test de hele weg",
        ),
        accidents=(
            "gedrukt in de handtas",
            "een kind speelde met de knop",
            "gedrukt bij het opladen",
            "knop gevallen",
            "gedrukt in de slaap",
        ),
        notes=(
            "stemmen te horen, geen woorden te verstaan",
            "ze fluistert dat hij aan de deur staat",
            "geluid van een auto, dan stil",
            "ze antwoordt niet; de lijn blijft open",
            "een mannenstem, luid",
        ),
        called="ze belde 101; de knop ligt thuis",
        called_blind="belde 101: het alarmkanaal was stil",
        no_patrol="geen patrouille vrij",
        met_police="ze is al bij de politie",
        relieved="mijn shift is voorbij",
        nobody="niemand daar, niemand antwoordt",
        patrol_there="de patrouille blijft ter plaatse",
    ),
    "fr": Words(
        office="Parquet {} (fictif)",
        police="ZP {}, audition",
        victim="victime, entretien",
        victims=(
            "Mme Exemple",
            "Mme Fictive",
            "Mme Modèle",
            "Mme Imaginaire",
            "Mme Essai",
            "Mme Inventée",
            "M. Exemple",
        ),
        suspects=("M. Fictif", "M. Inventé", "M. Imaginaire"),
        looks=(
            "cheveux courts, manteau gris",
            "lunettes, sac à dos rouge",
            "marche avec une canne",
            "blonde, écharpe verte",
        ),
        suspect_looks=("environ 1,85 m, chauve, tatouage au cou", "environ 1,75 m, barbe, casquette noire"),
        vehicles=("camionnette blanche, plaque 1-ZZX-0{:02}", "break noir, plaque 1-ZZW-0{:02}"),
        measure="interdiction temporaire de résidence et de contact",
        no_contact="ne peut approcher à moins de {} m du domicile",
        home="domicile",
        school="école",
        work="travail",
        risks=("a menacé de revenir le 3 novembre", "l'a suivie deux fois au travail", "connaît le code de l'immeuble"),
        weapons=("fusil de chasse, non remis", "porte parfois un couteau"),
        present=("deux enfants, 4 et 7 ans", "sa mère, malentendante", "un grand chien"),
        listen_only="Écouter ; ne parler que si elle parle.",
        silent_approach="Pas de sirène dans la rue.",
        others=("Sonner à la porte de derrière.", "Demander le colis postal : c'est convenu avec les voisins."),
        safe_words=("marmelade", "parapluie", "châtaigne", "voilier"),
        duress_words=("coucou", "trampoline", "rhubarbe", "chandelier"),
        zone_excluded="le frère du suspect travaille dans cette zone",
        account_excluded="famille du suspect",
        tests=(
            "test mensuel annoncé",
            "premier test après la remise du bouton",
            "test après un nouveau GSM",
            "le technicien teste toute la chaîne",
        ),
        accidents=(
            "appuyé dans le sac",
            "un enfant a joué avec le bouton",
            "appuyé pendant la charge",
            "bouton tombé",
            "appuyé en dormant",
        ),
        notes=(
            "des voix, aucun mot compréhensible",
            "elle chuchote qu'il est à la porte",
            "bruit de voiture, puis plus rien",
            "elle ne répond pas ; la ligne reste ouverte",
            "une voix d'homme, forte",
        ),
        called="elle a appelé le 101 ; le bouton est à la maison",
        called_blind="a appelé le 101 : le flux était muet",
        no_patrol="aucune patrouille libre",
        met_police="elle est déjà avec la police",
        relieved="fin de mon service",
        nobody="aucune personne sur place, pas de réponse",
        patrol_there="la patrouille reste sur place",
    ),
    "de": Words(
        office="Staatsanwaltschaft {} (erfunden)",
        police="PZ {}, Vernehmung",
        victim="Opfer, Gespräch",
        victims=("A. Beispiel", "B. Muster"),
        suspects=("X. Erfunden", "Y. Beispiel"),
        looks=("kurzes Haar, grauer Mantel", "Brille, roter Rucksack"),
        suspect_looks=("etwa 1,85 m, kahl, Tätowierung am Hals", "etwa 1,75 m, Bart, schwarze Kappe"),
        vehicles=("weißer Lieferwagen, Kennzeichen 1-ZZV-0{:02}", "schwarzer Kombi, Kennzeichen 1-ZZU-0{:02}"),
        measure="zeitweiliges Wohnverbot und Kontaktverbot",
        no_contact="darf sich der Wohnung nicht auf {} m nähern",
        home="Wohnung",
        school="Schule",
        work="Arbeit",
        risks=("drohte am 3. November, wiederzukommen", "folgte ihr zweimal zur Arbeit"),
        weapons=("Jagdgewehr, nicht abgegeben", "trägt manchmal ein Messer"),
        present=("zwei Kinder, 4 und 7 Jahre", "ihre Mutter, schwerhörig"),
        listen_only="Zuhören; erst sprechen, wenn sie spricht.",
        silent_approach="Keine Sirene in der Straße.",
        others=("An der Hintertür klingeln.",),
        safe_words=("Marmelade", "Kastanie"),
        duress_words=("Kuckuck", "Rhabarber"),
        zone_excluded="der Bruder des Verdächtigen arbeitet in dieser Zone",
        account_excluded="Familie des Verdächtigen",
        tests=(
            "angekündigter monatlicher Test",
            "erster Test nach der Ausgabe des Knopfs",
            "Test nach einem neuen Handy",
            "Techniker testet den ganzen Weg",
        ),
        accidents=(
            "in der Tasche gedrückt",
            "ein Kind spielte mit dem Knopf",
            "beim Laden gedrückt",
            "Knopf heruntergefallen",
            "im Schlaf gedrückt",
        ),
        notes=(
            "Stimmen zu hören, keine Worte zu verstehen",
            "sie flüstert, dass er vor der Tür steht",
            "Geräusch eines Autos, dann Stille",
            "sie antwortet nicht; die Leitung bleibt offen",
            "eine laute Männerstimme",
        ),
        called="sie rief 101 an; der Knopf liegt zu Hause",
        called_blind="rief 101 an: der Alarmkanal war stumm",
        no_patrol="keine Streife frei",
        met_police="sie ist schon bei der Polizei",
        relieved="meine Schicht ist zu Ende",
        nobody="niemand da, niemand antwortet",
        patrol_there="die Streife bleibt vor Ort",
    ),
}
