"""Git repositories of strangers: their history is read, nothing of theirs is run, nothing above or beside them is seen."""

import os
import subprocess
from pathlib import Path

import pytest

from dcant.harvest import git as git_module
from dcant.harvest.git import GitSnapshot
from dcant.harvest.rules import SnapshotError
from dcant.harvest.snapshots import FolderSnapshot, open_repository, open_snapshot, repositories_in

DAY = "2026-03-04T12:00:00Z"


def git(folder: Path, *arguments: str, **variables: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@exemple.test", "-c", "commit.gpgsign=false"]
    dated = {"GIT_COMMITTER_DATE": DAY, "GIT_AUTHOR_DATE": DAY} | variables
    command = ["git", *identity, "-C", str(folder), *arguments]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | dated)


def repository(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for name, text in (files or {"README": "lire"}).items():
        (folder / name).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    return folder


def test_the_history_tells_the_last_commit_and_the_newest_tags_first(tmp_path):
    made = repository(tmp_path / "a")
    git(made, "tag", "v1")
    git(made, "tag", "-a", "v2", "-m", "deux", GIT_COMMITTER_DATE="2026-05-06T23:59:00Z")
    with GitSnapshot(made) as snapshot:
        history = snapshot.history()
        assert history.commit == snapshot.ref
        assert snapshot.read("README", 100) == b"lire", "the pipe is left clean for the next object"
    assert history.committed_on == "2026-03-04"
    assert history.tags == (("v2", "2026-05-06"), ("v1", "2026-03-04"))


def test_a_day_that_no_calendar_has_is_no_day(tmp_path):
    made = repository(tmp_path / "a")
    tree = subprocess.run(["git", "-C", made, "write-tree"], check=True, capture_output=True).stdout.decode().strip()
    odd = f"tree {tree}\nauthor a <a@b.test> 1 +0000\ncommitter a <a@b.test> 999999999999 +0000\n\nmsg\n"
    hashed = ["git", "-C", made, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    commit = subprocess.run(hashed, check=True, capture_output=True, input=odd.encode()).stdout.decode().strip()
    git(made, "update-ref", "HEAD", commit)
    with GitSnapshot(made) as snapshot:
        assert (snapshot.history().committed_on, snapshot.history().tags) == ("", ())


def test_where_a_copy_comes_from_is_read_in_its_settings_and_not_in_files_they_include(tmp_path):
    made = repository(tmp_path / "a")
    with GitSnapshot(made) as snapshot:
        assert snapshot.origin() == ""
    (tmp_path / "else").write_text('[remote "origin"]\n\turl = https://autre.example/secret\n')
    git(made, "config", "include.path", str(tmp_path / "else"))
    with GitSnapshot(made) as snapshot:
        assert snapshot.origin() == ""
    git(made, "config", "remote.origin.url", "https://forge.example/a/b.git")
    with GitSnapshot(made) as snapshot:
        assert snapshot.origin() == "https://forge.example/a/b.git"


def test_nothing_that_a_repository_brings_is_run(tmp_path):
    made = repository(tmp_path / "a")
    ran = tmp_path / "ran"
    touch = f"touch {ran}"
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (made / ".git" / "hooks" / name).write_text(f"#!/bin/sh\n{touch}\n")
        (made / ".git" / "hooks" / name).chmod(0o755)
    settings = {
        "core.fsmonitor": touch, "core.pager": touch, "core.sshCommand": touch, "gpg.program": touch, "core.editor": touch,
        "log.showSignature": "true", "alias.ls-tree": f"!{touch}", "filter.x.smudge": touch, "diff.external": touch,
        "remote.origin.url": f"ext::{touch}", "remote.origin.uploadpack": touch, "remote.origin.promisor": "true",
        "extensions.partialClone": "origin", "core.repositoryFormatVersion": "1", "protocol.ext.allow": "always",
    }  # fmt: skip
    for name, value in settings.items():
        git(made, "config", name, value)
    (made / ".gitattributes").write_text("* filter=x\n")
    git(made, "add", ".gitattributes")
    ran.unlink(missing_ok=True)
    with GitSnapshot(made) as snapshot:
        assert snapshot.read("README", 100) == b"lire"
        snapshot.history()
        assert snapshot.origin().startswith("ext::")
        (path,) = [path for path in (made / ".git" / "objects").glob("??/*") if path.name[:6] in _blob(made)]
        path.unlink()
    with GitSnapshot(made) as snapshot, pytest.raises(SnapshotError) as missing:
        snapshot.read("README", 100)  # a missing object would be asked of the remote
    assert missing.value.code == "UNREADABLE"
    assert not ran.exists()


def _blob(made: Path) -> str:
    said = subprocess.run(["git", "-C", made, "rev-parse", "HEAD:README"], check=True, capture_output=True)
    return said.stdout.decode()[2:8]


def test_a_tree_without_end_is_refused_and_not_held_in_memory(tmp_path, monkeypatch):
    made = repository(tmp_path / "a", **{f"f{n}": "x" for n in range(40)})
    monkeypatch.setattr(git_module, "MOST_LISTED", 1000)
    with pytest.raises(SnapshotError) as caught:
        GitSnapshot(made)
    assert caught.value.code == "TOO_LARGE"


def test_a_broken_repository_never_passes_for_the_one_above_it(tmp_path):
    above = repository(tmp_path / "above")
    (above / "broken" / ".git").mkdir(parents=True)
    with pytest.raises(SnapshotError) as caught:
        GitSnapshot(above / "broken")
    assert caught.value.code == "BAD_REPOSITORY"


def test_a_folder_tells_its_repositories_and_follows_none_that_leads_elsewhere(tmp_path):
    outside = repository(tmp_path / "outside")
    shelf = tmp_path / "shelf"
    repository(shelf / "one")
    repository(shelf / "owner" / "two")
    repository(shelf / "a" / "b" / "too-deep")
    git(tmp_path, "clone", "-q", "--bare", str(shelf / "one"), str(shelf / "bare.git"))
    (shelf / "link").symlink_to(outside)
    (shelf / "pointer").mkdir()
    (shelf / "pointer" / ".git").write_text(f"gitdir: {outside / '.git'}\n")
    (shelf / "notes.txt").write_text("x")
    with open_snapshot(shelf) as snapshot:
        assert isinstance(snapshot, FolderSnapshot)
        assert repositories_in(snapshot) == ["bare.git", "one", "owner/two"]
        listed = snapshot.list("")
        assert "notes.txt" in listed
        assert "one/README" in listed
        assert not any("objects" in path or "hooks" in path for path in listed)
        with open_repository(snapshot, "owner/two") as inside:
            assert inside.list("") == ["README"]
        with pytest.raises(SnapshotError, match="hors du dossier"):
            open_repository(snapshot, "../outside")
    with open_snapshot(outside) as snapshot:
        assert repositories_in(snapshot) == [""]
        with open_repository(snapshot, "") as same:
            assert same is snapshot
