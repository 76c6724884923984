"""The codebook's French words; its text is codebook.fr.md, and outcomes are called as on the screens."""

from typing import Final

TITLE: Final = "Alarme mobile anti-rapprochement (AMR) : données agrégées - dictionnaire des données"
CODES: Final = {
    "class.real": "alarme réelle",
    "class.test": "test",
    "class.accidental": "déclenchement involontaire",
    "class.unknown": "indéterminée : une personne n'a pas pu dire de quel type d'appel il s'agissait",
    "class.unclassified": "non catégorisée : aucune personne ne l'a encore catégorisée",
    "outcome.none": "aucune issue notée, ou incident encore ouvert au moment de l'export",
    "province.unknown": "province inconnue",
    "pressed->received": "de l'appui sur le bouton (horloge de l'application) à sa réception par Vigie",
    "received->presented": "de la réception à l'affichage sur un écran visible et audible",
    "received->acknowledged": "de la réception à la première prise en charge par une personne",
    "acknowledged->listening": "de la prise en charge à l'écoute de la ligne ouverte",
    "acknowledged->routed": "de la prise en charge à la première mission envoyée à une zone de police",
    "routed->accepted": "de la première mission à son acceptation par une zone",
    "accepted->en_route": "de l'acceptation au départ d'une équipe",
    "en_route->on_scene": "du départ de l'équipe à l'arrivée de la police sur place",
    "pressed->on_scene": "de l'appui sur le bouton (horloge de l'application) à l'arrivée de la police sur place",
    "acknowledged->closed": "de la prise en charge à la clôture par une personne",
}
PUBLISHED: Final = "publié"
HIDDEN: Final = "masqué"
TARGET: Final = "- `{interval}` : {limit} s{under}{share}"
UNDER: Final = " (moins de)"
SHARE: Final = " ; part visée : {share} %"
NO_TARGETS: Final = "- aucun"
DESPITE: Final = (
    " **Exception : cet export chevauche un export antérieur, qu'il remplace. L'export antérieur doit être détruit.**"
)
