"""The same request sent twice at the same moment, under one key, by processes of their own, is one act."""

import pytest

from own_node import own_node, python, together

MAKE = """
from datetime import date
from dcant.accounts.models import Mandate, Person
from dcant.territories.models import College
from dcant.territories.services import new_organisation
new_organisation(name="Organisme", kind="other", slug="organisme").save()
from dcant.territories.models import Organisation
person = Person.objects.create(key="one", label="One")
Mandate.objects.create(person=person, organisation=Organisation.objects.get(), role="agent", valid_from=date(2020, 1, 1))
"""
ANSWER = """
from datetime import UTC, datetime
from dcant.accounts.answers import answer_once
from dcant.accounts.models import Mandate
from dcant.territories.models import College
def do():
    College.objects.create(key=f"made-by-{sys.argv[1]}", name="Fait")
    return {"made": sys.argv[1]}
at = datetime(2026, 11, 2, tzinfo=UTC)
print(answer_once(mandate=Mandate.objects.get(), key="cle", asked="same", do=do, at=at)["made"])
"""
READ = """
from dcant.territories.models import College
print(College.objects.filter(key__startswith="made-by-").count())
"""


@pytest.mark.database
def test_two_at_once_under_one_key_act_once_and_hear_the_same(tmp_path):
    with own_node(tmp_path) as node:
        python(node, MAKE)
        said = together(node, ANSWER, ["one", "two", "three"])
        assert len(set(said)) == 1
        assert python(node, READ).strip() == "1"
