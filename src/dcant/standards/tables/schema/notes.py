"""What a loading says on its way: faults of the schema, and the rules that had to be left out."""

from collections.abc import Mapping

from dcant.standards.tables.schema.document import escaped
from dcant.standards.tables.values import RuleNotChecked, Said, SchemaProblem

# code → message in both languages, remedy in both languages; `{...}` are the facts given with the fault
_SENTENCES: Mapping[str, tuple[str, str, str, str]] = {
    "duplicate-key": (
        "« {word} » est écrit deux fois au même endroit ; seul le dernier compte.",
        "“{word}” is written twice in one place; only the last counts.",
        "Gardez-en un seul.",
        "Keep one of them.",
    ),
    "schema-name": (
        "Le nom du schéma « {word} » a des majuscules, des blancs ou des accents.",
        "The schema name “{word}” has capitals, blanks or accents.",
        "N’employez que des minuscules sans accent, des chiffres et les signes - . _ /",
        "Use lower-case ASCII letters, digits and the signs - . _ / only.",
    ),
    "misspelt-property": (
        "« {word} » n’est pas un mot du standard, et n’est donc pas appliqué.",
        "“{word}” is not a word of the standard, hence not applied.",
        "Écrivez « {near} ».",
        "Write “{near}”.",
    ),
    "property-type": (
        "« {word} » doit être {fr}.",
        "“{word}” must be {en}.",
        "Corrigez cette valeur ; elle n’est pas appliquée en attendant.",
        "Mend this value; it is not applied meanwhile.",
    ),
    "field-error": (
        "La contrainte « {word} » ne s’applique pas à un champ de type {type}.",
        "The constraint “{word}” does not go with a field of type {type}.",
        "Retirez-la, ou changez le type du champ.",
        "Remove it, or change the type of the field.",
    ),
    "duplicate-field": (
        "Deux champs portent le nom « {word} ».",
        "Two fields bear the name “{word}”.",
        "Donnez à chaque champ un nom à lui.",
        "Give each field a name of its own.",
    ),
    "type-unknown": (
        "Le type « {word} » n’existe pas ; toute valeur est acceptée.",
        "The type “{word}” does not exist; any value is taken.",
        "Écrivez plutôt « {near} ».",
        "Write “{near}” rather.",
    ),
    "format-unknown": (
        "Le format « {word} » n’existe pas pour le type {type} ; le format par défaut est pris.",
        "The format “{word}” does not exist for the type {type}; the default one is taken.",
        "Écrivez un de ceux-ci : {near}.",
        "Write one of these: {near}.",
    ),
    "format-pattern": (
        "Le format « {word} » ne décrit aucune date : aucune valeur ne pourra convenir.",
        "The format “{word}” describes no date: no value can suit it.",
        "Écrivez un motif comme %d/%m/%Y.",
        "Write a pattern such as %d/%m/%Y.",
    ),
    "format-any": (
        "Le format « any » lit 01/03/2021 comme le 3 janvier.",
        "The format “any” reads 01/03/2021 as 3 January.",
        "Fixez un format, comme %d/%m/%Y, ou le format par défaut.",
        "Set a format such as %d/%m/%Y, or the default one.",
    ),
    "example-not-readable": (
        "L’exemple « {word} » n’est pas {fr}.",
        "The example “{word}” is not {en}.",
        "Donnez un exemple qui passerait la vérification.",
        "Give an example that would pass the check.",
    ),
    "pattern-not-compilable": (
        "Le motif « {word} » n’est pas une expression régulière ({why}).",
        "The pattern “{word}” is not a regular expression ({why}).",
        "Vérifiez parenthèses et crochets.",
        "Check brackets and parentheses.",
    ),
    "pattern-alternation": (
        "Le motif « {word} » a un « | » hors parenthèses : seuls ses deux bouts sont ancrés.",
        "The pattern “{word}” has a “|” outside parentheses: only its outer ends are anchored.",
        "Écrivez ({word}).",
        "Write ({word}).",
    ),
    "required-at-field-level": (
        "« required » est écrit hors de « constraints » et n’est donc pas appliqué.",
        "“required” stands outside “constraints”, hence is not applied.",
        "Déplacez-le dans « constraints ».",
        "Move it into “constraints”.",
    ),
    "bound-not-readable": (
        "La borne « {word} » n’est pas {fr}.",
        "The bound “{word}” is not {en}.",
        "Écrivez la borne comme une valeur du champ.",
        "Write the bound as a value of the field.",
    ),
    "bounds-crossed": (
        "Le minimum est au-dessus du maximum : aucune valeur ne peut convenir.",
        "The minimum is above the maximum: no value can suit.",
        "Échangez ou corrigez les deux bornes.",
        "Swap or mend the two bounds.",
    ),
    "enum-not-readable": (
        "La valeur permise « {word} » n’est pas {fr} : rien ne pourra l’égaler.",
        "The allowed value “{word}” is not {en}: nothing can equal it.",
        "Écrivez-la comme une valeur du champ.",
        "Write it as a value of the field.",
    ),
    "key-field-unknown": (
        "La clé cite le champ « {word} », qui n’existe pas.",
        "The key names the field “{word}”, which does not exist.",
        "Corrigez le nom, ou retirez la clé.",
        "Mend the name, or remove the key.",
    ),
    "v2-in-v1": (
        "« {word} » vient de la version 2 du standard, que ce schéma n’annonce pas.",
        "“{word}” belongs to version 2 of the standard, which this schema does not declare.",
        "Annoncez-la par $schema: https://datapackage.org/profiles/2.0/tableschema.json",
        "Declare it by $schema: https://datapackage.org/profiles/2.0/tableschema.json",
    ),
}
PROBLEM_CODES = tuple(_SENTENCES)


class Notes:
    """Gathers the problems of one schema, pointers taken from the root of what was given."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[SchemaProblem] = []
        self.not_checked: list[RuleNotChecked] = []

    def say(self, code: str, pointer: str, **facts: object) -> Said:
        """Tell a problem; the message comes back, to be given as the reason of a rule left out."""
        cut = {name: str(value) if len(str(value)) <= 120 else f"{str(value)[:119]}…" for name, value in facts.items()}
        fr, en, remedy_fr, remedy_en = (sentence.format(**cut) for sentence in _SENTENCES[code])
        message = Said(fr, en)
        self.problems.append(SchemaProblem(code, self.root + pointer, message, Said(remedy_fr, remedy_en)))
        return message

    def drop(self, pointer: str, field: str | None, rule: str, reason: Said) -> None:
        """Tell that a rule is left out of the check."""
        self.not_checked.append(RuleNotChecked(self.root + pointer, field, rule, reason))


def at(pointer: str, *keys: str | int) -> str:
    """A JSON pointer further down."""
    return pointer + "".join(f"/{escaped(str(key))}" for key in keys)
