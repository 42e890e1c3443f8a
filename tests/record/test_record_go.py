"""What Go's own library of transparent logs (golang.org/x/mod/sumdb) says of our notes and proofs, where a Go toolchain is at hand."""

import base64
import json
import os
import shutil
import subprocess

import pytest
from own_log import LOG, entry, write_log

from dcant.record.checkpoint import Checkpoint
from dcant.record.tile_reader import TileReader

CHECK = """package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type asked struct {
	Key         string
	Note        []byte
	Leaf        []byte
	Root, Past  []byte
	Index       int64
	Size, Older int64
	Inclusion   [][]byte
	Consistency [][]byte
}

func hashes(some [][]byte) []tlog.Hash {
	found := make([]tlog.Hash, len(some))
	for place, one := range some {
		copy(found[place][:], one)
	}
	return found
}

func main() {
	var given asked
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	verifier, err := note.NewVerifier(given.Key)
	if err != nil {
		panic(err)
	}
	_, signed := note.Open(given.Note, note.VerifierList(verifier))
	var root, past tlog.Hash
	copy(root[:], given.Root)
	copy(past[:], given.Past)
	within := tlog.CheckRecord(hashes(given.Inclusion), given.Size, root, given.Index, tlog.RecordHash(given.Leaf))
	extends := tlog.CheckTree(hashes(given.Consistency), given.Size, root, given.Older, past)
	fmt.Println(signed == nil, within == nil, extends == nil)
}
"""


def asked_of_go(folder, **given: object) -> str:
    (folder / "main.go").write_text(CHECK, encoding="utf-8")
    module = "module check\n\ngo 1.22\n\nrequire golang.org/x/mod v0.20.0\n"
    (folder / "go.mod").write_text(module, encoding="utf-8")
    environment = os.environ | {"GOFLAGS": "-mod=mod"}
    command = ["go", "run", "."]
    ended = subprocess.run(
        command, cwd=folder, env=environment, input=json.dumps(given), capture_output=True, text=True, check=False
    )
    if ended.returncode and "golang.org/x/mod" in ended.stderr:
        pytest.skip("golang.org/x/mod cannot be had here")
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


@pytest.mark.skipif(shutil.which("go") is None, reason="no Go toolchain here: its library is not asked")
def test_go_finds_our_signature_inclusion_and_consistency_true_and_a_changed_entry_false(tmp_path):
    log = write_log(tmp_path / "log", [200, 300])
    (tmp_path / "go").mkdir()
    reader, note = TileReader(log, 300), (log / "checkpoint").read_bytes()

    def text(data: bytes) -> str:
        return base64.b64encode(data).decode()

    given = {
        "Key": str(LOG.public),
        "Note": text(note),
        "Leaf": text(entry(17)),
        "Root": text(Checkpoint.read(note)[0].root),
        "Past": text(reader.root(200)),
        "Index": 17,
        "Size": 300,
        "Older": 200,
        "Inclusion": [text(step) for step in reader.inclusion(17)],
        "Consistency": [text(step) for step in reader.consistency(200)],
    }
    assert asked_of_go(tmp_path / "go", **given) == "true true true"
    assert asked_of_go(tmp_path / "go", **given | {"Leaf": text(b"other"), "Older": 199}) == "true false false"
