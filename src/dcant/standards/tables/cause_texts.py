"""The sentences of the common causes, as data: what is seen, and what to do once for all of it. French, then English."""

from typing import NamedTuple

Pair = tuple[str, str]


class CauseText(NamedTuple):
    """`{cells}`, `{field}` and `{example}` stand in the sentences; `{s}` is the mark of the plural."""

    message: Pair
    remedy: Pair


_TEXT_FORMAT: Pair = (
    "Mettez la colonne « {field} » au format Texte, puis remettez les zéros perdus en tête (ou reprenez la colonne à sa source).",
    "Set the format of column “{field}” to Text, then put back the zeros lost in front (or take the column again from its source).",
)

CAUSES: dict[str, CauseText] = {
    "french-date": CauseText(
        (
            "{cells} date{s} au format JJ/MM/AAAA : colonne « {field} », attendu AAAA-MM-JJ (vu : {example})",
            "{cells} date{s} written DD/MM/YYYY: column “{field}”, expected YYYY-MM-DD (seen: {example})",
        ),
        (
            "Sélectionnez la colonne « {field} », Format de cellule, Date, choisissez AAAA-MM-JJ, puis enregistrez.",
            "Select column “{field}”, Format cells, Date, choose YYYY-MM-DD, then save.",
        ),
    ),
    "separated-date": CauseText(
        (
            "{cells} date{s} sans les tirets attendus : colonne « {field} », attendu AAAA-MM-JJ (vu : {example})",
            "{cells} date{s} without the hyphens expected: column “{field}”, expected YYYY-MM-DD (seen: {example})",
        ),
        (
            "Sélectionnez la colonne « {field} », Format de cellule, Date, choisissez AAAA-MM-JJ, puis enregistrez.",
            "Select column “{field}”, Format cells, Date, choose YYYY-MM-DD, then save.",
        ),
    ),
    "date-with-time": CauseText(
        (
            "{cells} date{s} suivie{s} d’une heure : colonne « {field} » (vu : {example})",
            "{cells} date{s} followed by a time: column “{field}” (seen: {example})",
        ),
        (
            "Sélectionnez la colonne « {field} » et choisissez le format de date AAAA-MM-JJ, sans heure.",
            "Select column “{field}” and choose the date format YYYY-MM-DD, without time.",
        ),
    ),
    "decimal-comma": CauseText(
        (
            "{cells} nombre{s} avec une virgule décimale : colonne « {field} », attendu un point (vu : {example})",
            "{cells} number{s} with a decimal comma: column “{field}”, expected a point (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », remplacez « , » par « . » (Rechercher et remplacer), colonne au format Texte.",
            "In column “{field}”, replace “,” by “.” (Find and replace), with the column set to Text.",
        ),
    ),
    "decimal-point": CauseText(
        (
            "{cells} nombre{s} avec un point décimal : colonne « {field} », attendu une virgule (vu : {example})",
            "{cells} number{s} with a decimal point: column “{field}”, expected a comma (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », remplacez « . » par « , » (Rechercher et remplacer).",
            "In column “{field}”, replace “.” by “,” (Find and replace).",
        ),
    ),
    "grouped-number": CauseText(
        (
            "{cells} nombre{s} écrit{s} avec des espaces : colonne « {field} » (vu : {example})",
            "{cells} number{s} written with blanks: column “{field}” (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », choisissez un format de nombre sans séparateur de milliers, ou supprimez les espaces.",
            "In column “{field}”, choose a number format without thousands separator, or remove the blanks.",
        ),
    ),
    "number-with-unit": CauseText(
        (
            "{cells} nombre{s} suivi{s} d’une unité : colonne « {field} » (vu : {example})",
            "{cells} number{s} followed by a unit: column “{field}” (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », supprimez l’unité (Rechercher et remplacer) : seul le nombre reste.",
            "In column “{field}”, remove the unit (Find and replace): only the number stays.",
        ),
    ),
    "useless-decimals": CauseText(
        (
            "{cells} entier{s} écrit{s} avec des décimales : colonne « {field} » (vu : {example})",
            "{cells} whole number{s} written with decimals: column “{field}” (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », choisissez un format de nombre sans décimale.",
            "In column “{field}”, choose a number format without decimals.",
        ),
    ),
    "yes-or-no": CauseText(
        (
            "{cells} réponse{s} oui ou non écrite{s} autrement : colonne « {field} » (vu : {example})",
            "{cells} yes-or-no answer{s} written otherwise: column “{field}” (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », remplacez-les par les mots que le schéma demande (Rechercher et remplacer).",
            "In column “{field}”, replace them by the words the schema asks for (Find and replace).",
        ),
    ),
    "listed-otherwise": CauseText(
        (
            "{cells} valeur{s} de la liste, à la casse ou aux espaces près : colonne « {field} » (vu : {example})",
            "{cells} value{s} of the list but for case or blanks: column “{field}” (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », écrivez-les exactement comme dans la liste du schéma (Rechercher et remplacer).",
            "In column “{field}”, write them exactly as in the schema’s list (Find and replace).",
        ),
    ),
    "swapped-coordinates": CauseText(
        (
            "{cells} couple{s} de coordonnées inversé{s} : colonne « {field} », attendu longitude puis latitude (vu : {example})",
            "{cells} swapped pair{s} of coordinates: column “{field}”, expected longitude then latitude (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », échangez latitude et longitude.",
            "In column “{field}”, swap latitude and longitude.",
        ),
    ),
    "spelt-missing": CauseText(
        (
            "{cells} case{s} où « rien » est écrit avec un mot : colonne « {field} » (vu : {example})",
            "{cells} cell{s} where “nothing” is written with a word: column “{field}” (seen: {example})",
        ),
        (
            "Dans la colonne « {field} », laissez ces cases vides.",
            "In column “{field}”, leave these cells empty.",
        ),
    ),
    "lost-zeros": CauseText(
        (
            "{cells} valeur{s} sans zéros de tête : colonne « {field} » (vu : {example})",
            "{cells} value{s} without leading zeros: column “{field}” (seen: {example})",
        ),
        _TEXT_FORMAT,
    ),
    "scientific-number": CauseText(
        (
            "{cells} identifiant{s} transformé{s} en nombre{s} par le tableur : colonne « {field} » (vu : {example})",
            "{cells} identifier{s} turned into number{s} by the spreadsheet: column “{field}” (seen: {example})",
        ),
        (
            "Les chiffres sont perdus : mettez la colonne « {field} » au format Texte et recopiez-la depuis sa source.",
            "The digits are lost: set column “{field}” to Text and copy it again from its source.",
        ),
    ),
    "blanks-around": CauseText(
        (
            "{cells} valeur{s} entourée{s} d’espaces : colonne « {field} »",
            "{cells} value{s} with blanks around them: column “{field}”",
        ),
        (
            "Dans la colonne « {field} », supprimez les espaces avant et après (fonction SUPPRESPACE).",
            "In column “{field}”, remove the blanks before and after (function TRIM).",
        ),
    ),
    "required-empty": CauseText(
        (
            "{cells} case{s} obligatoire{s} vide{s} : colonne « {field} »",
            "{cells} required cell{s} left empty: column “{field}”",
        ),
        (
            "Filtrez la colonne « {field} » sur les cases vides et remplissez-les.",
            "Filter column “{field}” on empty cells and fill them.",
        ),
    ),
    "columns-moved": CauseText(
        (
            "Les colonnes ne sont pas dans l’ordre du schéma ({cells} erreur{s} à ce titre)",
            "The columns are not in the order of the schema ({cells} error{s} in all)",
        ),
        (
            "Remettez les colonnes dans l’ordre du schéma, ou vérifiez par nom (--columns fr).",
            "Put the columns in the order of the schema, or check by name (--columns fr).",
        ),
    ),
}
