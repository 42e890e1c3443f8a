"""A big file of grants, always the same for the same arguments: what the benchmarks of the table engine read.

    python benchmarks/tables/generate.py --schema SCHEMA.json --rows 1000000 --out F.csv [--mix PCT] [--seed N]

The columns are those of the schema. A quarter of the rows hold a line break inside quotes. By default about 18,000 errors
per million rows, 123 ragged and 71 blank ones among them; `--mix PCT` sets the share of faulty cells instead.
"""

# ruff: noqa: ARG001, ARG005 - every maker of cells is given the dice and the row

import argparse
import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

USUAL_MIX = 0.111  # percent of the cells
RAGGED, BLANK = 123, 71  # per million rows
TOWNS = ("Rennes", "Saint-Étienne", "L’Haÿ-les-Roses", "Besançon", "Nîmes", "Évry", "Pau", "Le Mans", "Ajaccio", "Foix")
BODIES = ("Association sportive", "Comité des fêtes", "Amicale laïque", "École de musique", "Club de lecture")
AIMS = ("Fonctionnement annuel", "Achat d’instruments; entretien", "Festival d’été, édition", "Sorties scolaires")

Maker = Callable[[random.Random, int], str]


def day(dice: random.Random, row: int) -> str:
    return f"20{dice.randrange(10, 25)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"


def siret(dice: random.Random, row: int) -> str:
    """Fourteen digits with both of their keys."""
    siren = _with_key(f"{dice.randrange(10**8):08}")
    return _with_key(f"{siren}{dice.randrange(10**4):04}")


def _with_key(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{-total % 10}"


def aim(dice: random.Random, row: int) -> str:
    end = "\nselon la délibération" if row % 4 == 0 else ""
    return f"{dice.choice(AIMS)} {dice.randrange(2000, 2030)}{end}"


MAKERS: dict[str, Maker] = {
    "nomAttribuant": lambda dice, row: f"Ville de {dice.choice(TOWNS)}",
    "idAttribuant": siret,
    "referenceDecision": lambda dice, row: f"20{row % 25:02}-{row:07}",
    "nomBeneficiaire": lambda dice, row: f"{dice.choice(BODIES)} de {dice.choice(TOWNS)}",
    "idBeneficiaire": siret,
    "rnaBeneficiaire": lambda dice, row: f"W{dice.randrange(10**9):09}",
    "objet": aim,
    "conditionsVersement": lambda dice, row: dice.choice(("unique", "échelonné")),
    "datesPeriodeVersement": lambda dice, row: f"{day(dice, row)}/{day(dice, row)}",
    "idRAE": lambda dice, row: "" if row % 3 else f"{dice.randrange(10**5):05}",
    "dispositifAide": lambda dice, row: f"D{row % 1000:03}",
    "pourcentageSubvention": lambda dice, row: f"0.{dice.randrange(1, 100):02}",
}
BY_TYPE: dict[str, Maker] = {
    "date": day,
    "number": lambda dice, row: f"{dice.randrange(100, 10**6)}.{dice.randrange(100):02}",
    "integer": lambda dice, row: str(dice.randrange(1, 10**6)),
}


def maker(field: dict) -> Maker:
    """How a good cell of this field is made."""
    name, constraints = field["name"], field.get("constraints", {})
    if name in MAKERS:
        return MAKERS[name]
    choices = constraints.get("enum") or [*field.get("trueValues", ()), *field.get("falseValues", ())]
    if choices or field["type"] == "boolean":
        values = [str(value) for value in choices or ("true", "false")]
        return lambda dice, row: dice.choice(values)
    return BY_TYPE.get(field["type"], lambda dice, row: f"{name} {row}")


def spoiler(field: dict) -> Callable[[random.Random], str] | None:
    """How a cell of this field is made faulty; None where every text is good."""
    constraints = field.get("constraints", {})
    if field["type"] in {"date", "number", "integer", "boolean"}:
        return lambda dice: dice.choice(("01/03/2021", "1 250,50 €", "peut-être"))
    if "pattern" in constraints or "enum" in constraints:
        return lambda dice: dice.choice(("inconnu", "12345", "à compléter"))
    if "maxLength" in constraints:
        return lambda dice: "x" * (constraints["maxLength"] + dice.randrange(1, 9))
    return (lambda dice: "") if constraints.get("required") else None


def write(schema: dict, out: Path, *, rows: int, mix: float = USUAL_MIX, seed: int = 20261121) -> None:
    dice = random.Random(seed)
    fields = schema["fields"]
    makers = [maker(field) for field in fields]
    spoilers = [(place, found) for place, field in enumerate(fields) if (found := spoiler(field)) is not None]
    usual = mix == USUAL_MIX
    odd = dice.sample(range(rows), round(rows * (RAGGED + BLANK) / 1_000_000)) if usual else []
    ragged = set(odd[: round(rows * RAGGED / 1_000_000)])
    blank = set(odd) - ragged
    faulty_cells = mix / 100 * len(fields)  # mean number in a row
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=",", lineterminator="\n")
        writer.writerow([field["name"] for field in fields])
        for row in range(rows):
            if row in blank:
                file.write("\n")
                continue
            cells = [make(dice, row) for make in makers]
            count = int(faulty_cells) + (dice.random() < faulty_cells % 1)
            for place, spoil in dice.sample(spoilers, min(count, len(spoilers))):
                cells[place] = spoil(dice)
            if row in ragged:
                cells = cells[:-1] if row % 2 else [*cells, "de trop"]
            writer.writerow(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schema", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mix", type=float, default=USUAL_MIX, metavar="PCT", help="share of faulty cells, in percent")
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    schema = json.loads(options.schema.read_text(encoding="utf-8"))
    write(schema, options.out, rows=options.rows, mix=options.mix, seed=options.seed)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
