"""The codebook's Dutch words; its text is codebook.nl.md, and outcomes are called as on the screens."""

from typing import Final

TITLE: Final = "Mobiel stalkingalarm (MSA): geaggregeerde gegevens - codeboek"
CODES: Final = {
    "class.real": "echt alarm",
    "class.test": "test",
    "class.accidental": "ongewilde activering",
    "class.unknown": "onbepaald: een persoon kon niet zeggen om wat voor oproep het ging",
    "class.unclassified": "niet ingedeeld: nog niemand heeft de oproep ingedeeld",
    "outcome.none": "geen afloop genoteerd, of het incident was nog open bij de export",
    "province.unknown": "provincie onbekend",
    "pressed->received": "van de druk op de knop (klok van de app) tot de ontvangst door Vigie",
    "received->presented": "van de ontvangst tot de weergave op een zichtbaar en hoorbaar scherm",
    "received->acknowledged": "van de ontvangst tot een persoon het alarm voor het eerst in behandeling neemt",
    "acknowledged->listening": "van het in behandeling nemen tot het meeluisteren op de open lijn",
    "acknowledged->routed": "van het in behandeling nemen tot de eerste opdracht aan een politiezone",
    "routed->accepted": "van de eerste opdracht tot een zone die aanvaardt",
    "accepted->en_route": "van de aanvaarding tot het vertrek van een ploeg",
    "en_route->on_scene": "van het vertrek van de ploeg tot de aankomst van de politie ter plaatse",
    "pressed->on_scene": "van de druk op de knop (klok van de app) tot de aankomst van de politie ter plaatse",
    "acknowledged->closed": "van het in behandeling nemen tot de afsluiting door een persoon",
}
PUBLISHED: Final = "gepubliceerd"
HIDDEN: Final = "verborgen"
TARGET: Final = "- `{interval}`: {limit} s{under}{share}"
UNDER: Final = " (minder dan)"
SHARE: Final = "; beoogd aandeel: {share} %"
NO_TARGETS: Final = "- geen"
DESPITE: Final = (
    " **Uitzondering: deze export overlapt met een eerdere export, die hij vervangt. De eerdere export moet worden"
    " vernietigd.**"
)
