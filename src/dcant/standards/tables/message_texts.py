"""The sentences themselves, as data: title, message, remedy of each code, French then English."""

from typing import NamedTuple

Pair = tuple[str, str]


class Text(NamedTuple):
    """`{cell}`, `{field}`, `{expected}` and the values the engine gives stand in the sentences."""

    title: Pair
    message: Pair
    remedy: Pair


CODES: dict[str, Text] = {
    # ---- the file
    "source-error": Text(
        ("fichier illisible", "unreadable file"),
        ("Le fichier ne peut pas être lu comme un tableau.", "The file cannot be read as a table."),
        (
            "Ouvrez-le dans un tableur, vérifiez qu’il contient un tableau, puis enregistrez-le en CSV UTF-8.",
            "Open it in a spreadsheet, check that it holds a table, then save it as CSV UTF-8.",
        ),
    ),
    "encoding-error": Text(
        ("caractères illisibles", "unreadable characters"),
        ("Des octets ne sont pas dans l’encodage annoncé.", "Some bytes are not in the declared encoding."),
        ("Enregistrez le fichier en « CSV UTF-8 ».", "Save the file as “CSV UTF-8”."),
    ),
    "format-error": Text(
        ("format non reconnu", "unknown format"),
        ("Ce fichier n’est pas un tableau.", "This file is not a table."),
        ("Donnez un fichier CSV, XLSX, XLS ou ODS.", "Give a CSV, XLSX, XLS or ODS file."),
    ),
    "compression-error": Text(
        ("archive illisible", "unreadable archive"),
        ("L’archive ne peut pas être ouverte.", "The archive cannot be opened."),
        ("Décompressez le fichier, puis vérifiez-le.", "Unpack the file, then check it."),
    ),
    "scheme-error": Text(
        ("fichier inaccessible", "file out of reach"),
        ("Le fichier ne peut pas être ouvert.", "The file cannot be opened."),
        ("Vérifiez son nom et son emplacement.", "Check its name and its place."),
    ),
    "engine-error": Text(
        ("vérification interrompue", "check broken off"),
        ("La vérification s’est arrêtée par notre faute.", "The check stopped by a fault of ours."),
        ("Signalez-le avec le fichier, si vous le pouvez.", "Report it, with the file if you may."),
    ),
    # ---- the header
    "blank-header": Text(
        ("en-tête vide", "blank header"),
        ("La première ligne, celle des noms de colonnes, est vide.", "The first row, that of column names, is blank."),
        ("Écrivez les noms de colonnes sur la première ligne.", "Write the column names in the first row."),
    ),
    "blank-label": Text(
        ("colonne sans nom", "column without a name"),
        (
            "La colonne {letter} n’a pas de nom : « {field} » attendu.",
            "Column {letter} has no name: “{field}” expected.",
        ),
        ("Écrivez « {field} » en haut de la colonne {letter}.", "Write “{field}” at the top of column {letter}."),
    ),
    "duplicate-label": Text(
        ("colonne en double", "duplicate column"),
        (
            "La colonne {letter} porte le même nom qu’une autre, « {cell} » ; seule la première est vérifiée par son nom.",
            "Column {letter} has the same name as another, “{cell}”; only the first is checked by its name.",
        ),
        (
            "Renommez ou supprimez l’une des deux colonnes « {cell} ».",
            "Rename or delete one of the two columns “{cell}”.",
        ),
    ),
    "incorrect-label": Text(
        ("nom de colonne inattendu", "unexpected column name"),
        (
            "La colonne {letter} s’appelle « {cell} » : « {field} » attendu à cette place.",
            "Column {letter} is named “{cell}”: “{field}” expected at this place.",
        ),
        (
            "Remettez les colonnes dans l’ordre du schéma et renommez la colonne {letter} « {field} ».",
            "Put the columns in the order of the schema and rename column {letter} “{field}”.",
        ),
    ),
    "extra-label": Text(
        ("colonne en plus", "extra column"),
        (
            "La colonne {letter}, « {cell} », n’est pas dans le schéma.",
            "Column {letter}, “{cell}”, is not in the schema.",
        ),
        (
            "Supprimez cette colonne, ou corrigez son nom si c’en est une du schéma.",
            "Delete this column, or mend its name if it is one of the schema.",
        ),
    ),
    "missing-label": Text(
        ("colonne manquante", "missing column"),
        ("La colonne « {field} » manque.", "Column “{field}” is missing."),
        (
            "Ajoutez une colonne nommée exactement « {field} ».",
            "Add a column named exactly “{field}”.",
        ),
    ),
    "unmatched-header": Text(
        ("aucune colonne du schéma", "no column of the schema"),
        (
            "Aucune colonne du fichier ne porte un nom du schéma.",
            "No column of the file has a name of the schema.",
        ),
        (
            "Vérifiez que le schéma choisi est le bon et que la première ligne porte les noms de colonnes.",
            "Check that the schema is the right one and that the first row holds the column names.",
        ),
    ),
    "missing-optional-label": Text(
        ("colonne facultative absente", "optional column absent"),
        ("La colonne facultative « {field} » n’y est pas.", "The optional column “{field}” is not there."),
        ("Rien d’obligatoire : ajoutez-la si vous avez cette information.", "Nothing needed: add it if you have it."),
    ),
    "disordered-label": Text(
        ("colonne déplacée", "column out of order"),
        (
            "La colonne « {field} » n’est pas à sa place : {letter} au lieu de {expected}.",
            "Column “{field}” is out of place: {letter} instead of {expected}.",
        ),
        (
            "Remettez les colonnes dans l’ordre du schéma : certains outils lisent par position.",
            "Put the columns in the order of the schema: some tools read by position.",
        ),
    ),
    "label-spelling": Text(
        ("nom de colonne mal écrit", "misspelt column name"),
        (
            "La colonne {letter} s’appelle « {cell} » ; le schéma écrit « {field} ».",
            "Column {letter} is named “{cell}”; the schema writes “{field}”.",
        ),
        ("Renommez-la exactement « {field} ».", "Rename it exactly “{field}”."),
    ),
    # ---- rows
    "blank-row": Text(
        ("ligne vide", "blank row"),
        ("La ligne {row} est vide.", "Row {row} is blank."),
        ("Supprimez la ligne {row}.", "Delete row {row}."),
    ),
    "extra-cell": Text(
        ("case en trop", "extra cell"),
        (
            "La ligne {row} a une case de trop, en colonne {letter} : « {cell} ».",
            "Row {row} has one cell too many, in column {letter}: “{cell}”.",
        ),
        (
            "Supprimez cette case, ou entourez de guillemets le texte qui contient le séparateur.",
            "Delete this cell, or put quotes around the text that holds the delimiter.",
        ),
    ),
    "missing-cell": Text(
        ("case manquante", "missing cell"),
        (
            "La ligne {row} s’arrête avant la colonne « {field} ».",
            "Row {row} stops before column “{field}”.",
        ),
        (
            "Complétez la ligne {row} jusqu’à sa dernière colonne, cases vides comprises.",
            "Complete row {row} to its last column, empty cells included.",
        ),
    ),
    # ---- cells
    "type-error": Text(
        ("valeur d’une autre sorte", "value of another kind"),
        (
            "« {cell} » ne se lit pas dans la colonne « {field} » : attendu {expected}.",
            "“{cell}” does not read in column “{field}”: expected {expected}.",
        ),
        ("Corrigez la case : attendu {expected}.", "Mend the cell: expected {expected}."),
    ),
    "constraint-error": Text(
        ("valeur hors de la règle", "value outside the rule"),
        (
            "« {cell} » n’est pas permis dans la colonne « {field} » : attendu {expected}.",
            "“{cell}” is not allowed in column “{field}”: expected {expected}.",
        ),
        ("Corrigez la case : attendu {expected}.", "Mend the cell: expected {expected}."),
    ),
    "non-standard-form": Text(
        ("écriture fragile", "fragile form"),
        (
            "« {cell} » est accepté dans « {field} », mais d’autres outils le refuseront : attendu {expected}.",
            "“{cell}” is accepted in “{field}”, but other tools will refuse it: expected {expected}.",
        ),
        ("Écrivez-le plutôt ainsi : {expected}.", "Better write it so: {expected}."),
    ),
    "loose-pattern": Text(
        ("accepté par une règle imprécise", "accepted by a loose rule"),
        (
            "« {cell} » n’est accepté dans « {field} » que parce que le motif du schéma est imprécis.",
            "“{cell}” is accepted in “{field}” only because the schema’s pattern is loose.",
        ),
        (
            "Vérifiez la valeur ; signalez le motif au producteur du schéma.",
            "Check the value; tell the producer of the schema about the pattern.",
        ),
    ),
    "number-as-text": Text(
        ("nombre dans une colonne de texte", "number in a text column"),
        (
            "« {cell} » est un nombre pour le tableur, dans la colonne de texte « {field} ».",
            "“{cell}” is a number for the spreadsheet, in the text column “{field}”.",
        ),
        (
            "Mettez la colonne au format Texte, puis ressaisissez les zéros perdus en tête.",
            "Set the column’s format to Text, then type again the zeros lost in front.",
        ),
    ),
    "control-character": Text(
        ("caractère invisible", "invisible character"),
        (
            "« {cell} » contient un caractère de contrôle, dans « {field} ».",
            "“{cell}” holds a control character, in “{field}”.",
        ),
        ("Ressaisissez la case à la main.", "Type the cell again by hand."),
    ),
    "rule-not-checked": Text(
        ("règle non vérifiée", "rule not checked"),
        (
            "« {cell} », dans « {field} », n’a pas pu être vérifié : la règle du schéma est trop longue à appliquer.",
            "“{cell}”, in “{field}”, could not be checked: the rule of the schema takes too long.",
        ),
        (
            "Vérifiez la valeur à l’œil ; signalez la règle au producteur du schéma.",
            "Check the value by eye; tell the producer of the schema.",
        ),
    ),
    # ---- keys
    "unique-error": Text(
        ("valeur en double", "duplicate value"),
        (
            "« {cell} » ({columns}) est déjà à la ligne {previous}.",
            "“{cell}” ({columns}) is already in row {previous}.",
        ),
        (
            "Gardez une seule des deux lignes, ou corrigez l’une des valeurs.",
            "Keep one of the two rows, or mend one of the values.",
        ),
    ),
    "primary-key": Text(
        ("identifiant absent ou en double", "identifier absent or repeated"),
        ("Ligne {row}, l’identifiant ({columns}) {note}.", "Row {row}, the identifier ({columns}) {note}."),
        (
            "Donnez à chaque ligne un identifiant rempli et différent des autres ({columns}).",
            "Give each row an identifier that is filled and unlike the others ({columns}).",
        ),
    ),
    "foreign-key": Text(
        ("renvoi introuvable", "reference not found"),
        (
            "« {cell} » ({columns}) ne se trouve pas dans {resource}.",
            "“{cell}” ({columns}) is not found in {resource}.",
        ),
        (
            "Corrigez la valeur, ou ajoutez-la dans {resource}.",
            "Mend the value, or add it to {resource}.",
        ),
    ),
    "reference-not-given": Text(
        ("table de référence non fournie", "reference table not given"),
        (
            "Le renvoi de « {columns} » vers « {resource} » n’a pas été vérifié : ce fichier n’est pas fourni.",
            "The reference of “{columns}” to “{resource}” was not checked: that file was not given.",
        ),
        (
            "Fournissez le fichier : --reference {resource}=FICHIER.",
            "Give the file: --reference {resource}=FILE.",
        ),
    ),
    # ---- French checks: their messages come with each fault
    **{
        code: Text((french, english), ("", ""), ("", ""))
        for code, french, english in (
            ("french-siret-value", "SIRET faux", "wrong SIRET"),
            ("french-siren-value", "SIREN faux", "wrong SIREN"),
            ("compare-columns-value", "deux colonnes en désaccord", "two columns at odds"),
            ("cohesive-columns-value", "colonnes à remplir ensemble", "columns to fill together"),
            ("sum-columns-value", "somme fausse", "wrong sum"),
            ("year-interval-value", "intervalle d’années faux", "wrong year interval"),
            ("opening-hours-value", "horaires d’ouverture illisibles", "unreadable opening hours"),
            ("nomenclature-actes-value", "hors de la nomenclature des actes", "outside the nomenclature of acts"),
            ("one-of-required", "une colonne des deux à remplir", "one of two columns to fill"),
            ("phone-number-value", "numéro de téléphone faux", "wrong telephone number"),
            ("french-gps-coordinates", "coordonnées hors de France", "coordinates outside France"),
            ("reversed-french-gps-coordinates", "latitude et longitude inversées", "latitude and longitude swapped"),
        )
    },
    # ---- warnings about the file
    **{
        code: Text((french, english), ("", ""), ("", ""))
        for code, french, english in (
            ("blank-lines-skipped", "lignes vides avant l’en-tête", "blank lines before the header"),
            ("hidden-rows", "lignes masquées", "hidden rows"),
            ("merged-cells", "cases fusionnées", "merged cells"),
        )
    },
}

DIGITS = "pattern of digits"  # what a spreadsheet may have shortened

# The messages of `constraint-error`, by constraint.
CONSTRAINTS: dict[str, tuple[Pair, Pair]] = {
    "required": (
        (
            "La case est vide, la colonne « {field} » est obligatoire.",
            "The cell is empty, column “{field}” is required.",
        ),
        ("Remplissez cette case.", "Fill this cell."),
    ),
    "unique": (
        ("« {cell} » n’est pas seul de sa sorte dans « {field} ».", "“{cell}” is not the only one in “{field}”."),
        ("Corrigez l’une des valeurs.", "Mend one of the values."),
    ),
    "enum": (
        (
            "« {cell} » n’est pas une valeur permise dans « {field} » : attendu {expected}.",
            "“{cell}” is not an allowed value in “{field}”: expected {expected}.",
        ),
        (
            "Remplacez-la, à la lettre près : attendu {expected}.",
            "Replace it, to the letter: expected {expected}.",
        ),
    ),
    "pattern": (
        (
            "« {cell} » n’a pas la forme demandée dans « {field} » : attendu {expected}.",
            "“{cell}” does not have the form asked in “{field}”: expected {expected}.",
        ),
        ("Corrigez la case : attendu {expected}.", "Mend the cell: expected {expected}."),
    ),
    DIGITS: (
        (
            "« {cell} » n’a pas la forme demandée dans « {field} » : attendu {expected}.",
            "“{cell}” does not have the form asked in “{field}”: expected {expected}.",
        ),
        (
            "Corrigez la case : attendu {expected}. Si un zéro manque en tête, mettez d’abord la colonne au format Texte.",
            "Mend the cell: expected {expected}. If a zero is missing in front, first set the column’s format to Text.",
        ),
    ),
}
