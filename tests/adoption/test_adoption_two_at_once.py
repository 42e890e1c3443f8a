"""Two town halls, then two people of the same one, declare at the same moment, in processes of their own."""

import json

import pytest

from own_node import own_node, python, together

MAKE = """
from neighbourhood import neighbourhood
neighbourhood()
"""
ADOPT = """
from neighbourhood import AT
from dcant.adoption.services import Declarant, adopt_resource
from dcant.catalogue.models import Resource
from dcant.territories.models import Organisation
adopter = Organisation.objects.get(kind="commune", territory__code=sys.argv[1].partition("/")[0])
for resource in Resource.objects.order_by("slug"):
    adopt_resource(resource=resource, adopter=adopter, declarant=Declarant(sys.argv[1], {adopter.key}), at=AT)
"""
READ = """
from neighbourhood import held, recounted
from dcant.adoption.models import AdoptionEvent, AdoptionState
from dcant.record.models import Entry
from dcant.record.sequencer import sequence_entries
sequence_entries()
lines = [AdoptionEvent.objects.filter(entry=entry).count() for entry in Entry.objects.all()]
superseded = AdoptionEvent.objects.exclude(supersedes=None).values("supersedes").distinct().count()
print(json.dumps({
    "indices": sorted(Entry.objects.values_list("index", flat=True)), "lines": lines, "states": AdoptionState.objects.count(),
    "superseded": superseded, "true": held() == recounted(), "communes": sorted(found[0] for found in held().values())[-1],
}))
"""


@pytest.mark.database
def test_acts_at_the_same_moment_lose_and_double_nothing(tmp_path):
    with own_node(tmp_path) as node:
        python(node, MAKE)
        together(node, ADOPT, ["35345", "35308"])
        found = json.loads(python(node, READ))
        assert found["indices"] == list(range(14))
        assert found["lines"] == [1] * 14
        assert (found["states"], found["superseded"], found["true"], found["communes"]) == (14, 0, True, 2)
        together(node, ADOPT, ["35345/one", "35345/other"])  # each supersedes another: none answers the same word twice
        found = json.loads(python(node, READ))
        assert found["indices"] == list(range(28))
        assert (found["states"], found["superseded"], found["true"], found["communes"]) == (14, 14, True, 2)
