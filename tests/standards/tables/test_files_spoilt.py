"""Two hundred files spoilt at random, from the bytes to the report and the annotated copy. Ten thousand: `make bench`."""

import tempfile

import pytest
from tests.standards.tables import mutations

EACH = 25


@pytest.mark.parametrize("kind", mutations.KINDS)
def test_the_check_of_a_spoilt_file_ends_in_a_said_state_and_leaves_nothing(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    plan = mutations.plan_of_mutations()
    ends = [mutations.judged(mutations.mutated(kind, seed), plan, tmp_path) for seed in range(EACH)]
    assert list(tmp_path.iterdir()) == []
    assert len(set(ends)) > 1  # what is spoilt too little or too much tries nothing


def test_a_seed_always_spoils_in_the_same_way():
    for kind in mutations.KINDS:
        assert mutations.mutated(kind, 7) == mutations.mutated(kind, 7) != mutations.mutated(kind, 8)
