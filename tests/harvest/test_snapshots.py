"""A folder and a Git repository give the same files; nothing outside them is ever read."""

import os
import subprocess
from pathlib import Path

import pytest

from dcant.harvest.rules import SnapshotError
from dcant.harvest.snapshots import open_snapshot, raw_item

FILES = {"a/one.md": b"un\n", "a/deux été.md": b"deux\x00\xff", "b/c/three.md": b"", "top.txt": b"t" * 70_000}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, data in FILES.items():
        target = tmp_path / "source" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return tmp_path / "source"


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@exemple.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def checkout(folder: Path) -> Path:
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "one")
    return folder


def content(path: Path) -> dict[str, bytes]:
    with open_snapshot(path) as snapshot:
        return {name: snapshot.read(name, 100_000) for name in snapshot.list("")}


def test_folder_checkout_and_bare_repository_hold_the_same_files(folder, tmp_path):
    assert content(folder) == FILES
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "one")
    (folder / "top.txt").write_bytes(b"not committed")
    git(tmp_path, "clone", "--bare", str(folder), str(tmp_path / "bare"))
    assert content(folder) == content(tmp_path / "bare") == FILES


def test_a_repository_names_its_commit_and_a_folder_its_name_only(checkout, tmp_path):
    with open_snapshot(checkout) as snapshot:
        assert len(snapshot.ref) == 40
        assert snapshot.list("a") == ["a/deux été.md", "a/one.md"]
    with open_snapshot(tmp_path) as snapshot:
        assert snapshot.ref == tmp_path.name


def test_a_file_too_large_is_refused_and_the_next_one_is_read(checkout):
    with open_snapshot(checkout) as snapshot:
        with pytest.raises(SnapshotError) as caught:
            snapshot.read("top.txt", 1000)
        assert caught.value.code == "TOO_LARGE"
        assert snapshot.read("a/one.md", 1000) == b"un\n"


@pytest.mark.parametrize("committed", [False, True])
def test_links_that_leave_the_folder_are_refused(folder, tmp_path, committed):
    (tmp_path / "secret").write_text("secret")
    (folder / "a" / "link.md").symlink_to(tmp_path / "secret")
    (folder / "a" / "loop.md").symlink_to("loop.md")
    if committed:
        git(folder, "init")
        git(folder, "add", ".")
        git(folder, "commit", "-m", "one")
    with open_snapshot(folder) as snapshot:
        raw = raw_item(snapshot=snapshot, collection="x", remote_id="link", path="a/link.md", limit=100)
        assert (raw.data, raw.problem.code) == (b"", "FORBIDDEN_PATH")
        for path in ("../secret", str(tmp_path / "secret"), "a/loop.md", "absent"):
            with pytest.raises(SnapshotError):
                snapshot.read(path, 100)


def test_a_pipe_does_not_hold_the_run(folder):
    os.mkfifo(folder / "pipe.md")
    with open_snapshot(folder) as snapshot, pytest.raises(SnapshotError, match="ordinaire"):
        snapshot.read("pipe.md", 100)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(SnapshotError) as caught:
        open_snapshot(tmp_path / "absent")
    assert caught.value.code == "NOT_FOUND"
    (tmp_path / ".git").mkdir()
    with pytest.raises(SnapshotError) as caught:
        open_snapshot(tmp_path)
    assert caught.value.code == "BAD_REPOSITORY"
