"""Notes, keys, checkpoints and cosignatures: one form each, read strictly, printed back to the byte."""

import stat
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_log import LOG, NOON, ORIGIN, STATE, TOWNS, signed

from dcant.record.checkpoint import Checkpoint, number
from dcant.record.keys import SigningKey
from dcant.record.merkle import EMPTY_ROOT
from dcant.record.note import (
    ED25519,
    ML_DSA_44,
    Malformed,
    Note,
    Signature,
    VerifierKey,
    cosigned,
    decode,
    encode,
    open_note,
)

TEXT = str(Checkpoint(ORIGIN, 7, b"\1" * 32))
KEYS = [LOG.public, STATE.public, TOWNS.public]
GOOD = signed(7, b"\1" * 32)


def code_of(act, *arguments) -> str:
    with pytest.raises(Malformed) as caught:
        act(*arguments)
    assert caught.value.message
    return caught.value.code


def test_the_note_of_the_specification_verifies(corpora):
    folder = corpora / "record-vectors" / "note"
    note = Note.parse((folder / "example.note").read_bytes())
    key = VerifierKey.parse((folder / "example.vkey").read_text(encoding="utf-8").strip())
    assert open_note(note, [key]).accepted
    assert bytes(note) == (folder / "example.note").read_bytes()


def test_published_checkpoints_verify_and_print_back(corpora):
    folder = corpora / "record-vectors" / "tiles-log"
    key = VerifierKey.parse((folder / "log.vkey").read_text(encoding="utf-8").strip())
    for size in range(9):
        data = (folder / f"checkpoint.{size}").read_bytes()
        checkpoint, note = Checkpoint.read(data)
        assert (checkpoint.origin, checkpoint.size) == (key.name, size)
        assert open_note(note, [key]).verified == (key,)
        assert (str(checkpoint), bytes(note)) == (note.text, data)


@given(st.binary(max_size=80))
def test_base64_has_one_form(data):
    assert not data or decode(encode(data)) == data


@pytest.mark.parametrize("text", ["", "QQ", "QR==", "QQ== ", "Q Q==", "QQ==\n", "QQ==QQ==", "-_-_", "é", "====", "QUI"])
def test_base64_in_another_form_is_refused(text):
    assert code_of(decode, text) == "base64"


@given(st.integers(0, len(GOOD) * 8 - 1))
def test_a_note_with_one_bit_changed_is_refused_or_loses_a_signature(bit):
    data = bytearray(GOOD)
    data[bit // 8] ^= 1 << bit % 8
    try:
        opened = open_note(Note.parse(bytes(data)), KEYS)
    except Malformed:
        return
    assert not opened.accepted or len(opened.verified) == 2
    assert len(opened.ignored) == 1 or not opened.accepted


@given(st.binary(max_size=200) | st.text().map(lambda text: f"{text}\n\n— a QUJDREVG\n".encode(errors="replace")))
def test_any_bytes_are_a_note_that_prints_back_or_are_refused(data):
    try:
        note = Note.parse(data)
    except Malformed:
        return
    assert bytes(note) == data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n\n", "\n"),  # no blank line
        ("— etat", "- etat"),  # another dash
        ("— etat.example/temoin", "— "),  # no name
        ("— etat.example/temoin", "— etat+1"),  # a plus in the name
        ("— etat.example/temoin", "— etat\u00a0x"),  # a space of another kind
        ("\n— etat", "\n\x00— etat"),
        ("\n— etat", "\r\n— etat"),
        ("\n— etat", "\n \n— etat"),
    ],
)
def test_a_note_of_another_shape_is_refused(old, new):
    assert code_of(Note.parse, GOOD.decode().replace(old, new, 1).encode()).startswith(("note-", "base64"))


def test_notes_without_signature_or_with_too_many_are_refused_and_sixteen_are_welcome():
    line = str(Signature("a", b"abcd", b"e"))
    assert len(Note.parse(f"text\n\n{line * 16}".encode()).signatures) == 16
    assert len(Note.parse(f"text\n\n{line * 100}".encode()).signatures) == 100
    assert code_of(Note.parse, f"text\n\n{line * 101}".encode()) == "note-shape"
    assert code_of(Note.parse, b"text\n\n") == "note-shape"
    assert code_of(Note.parse, line.encode()) == "note-shape"
    assert code_of(Note.parse, GOOD[:-1]) == "note-shape"
    assert code_of(Note.parse, b"x" * 1_000_001) == "note-text"
    assert code_of(Note.parse, f"text\n\n— a {b64encode(b'abcd').decode()}\n".encode()) == "note-signature"


def test_the_last_blank_line_is_the_one_that_separates():
    note = Note.parse(bytes(LOG.sign("one\n\ntwo\n")))
    assert note.text == "one\n\ntwo\n"
    assert open_note(note, KEYS).accepted


def test_unknown_keys_are_ignored_and_a_known_one_that_fails_refuses_the_whole_note():
    other = SigningKey("other.example", ED25519, b"\3" * 32)
    note = Note.parse(GOOD).with_signatures(other.sign(TEXT).signatures)
    opened = open_note(note, KEYS)
    assert opened.accepted
    assert [line.name for line in opened.ignored] == ["other.example"]
    assert not open_note(note, []).accepted
    false = Signature(LOG.name, LOG.public.key_id, b"\0" * 64)
    assert not open_note(note.with_signatures([false]), KEYS).accepted
    assert not open_note(Note(TEXT, (*note.signatures, false)), KEYS).accepted


def test_a_cosignature_holds_for_its_time_and_for_nothing_else():
    line = STATE.cosign(TEXT, NOON)
    assert STATE.public.signed(TEXT, line.body)
    later = (NOON + 1).to_bytes(8, "big") + line.body[8:]
    assert not STATE.public.signed(TEXT, later)
    assert not STATE.public.signed(TEXT + "more\n", line.body)
    assert not STATE.public.signed(TEXT, line.body + b"\0")
    assert not STATE.public.signed(TEXT, b"")
    assert not TOWNS.public.signed(TEXT, line.body)
    assert cosigned("x\n", 5) == b"cosignature/v1\ntime 5\nx\n"


def test_a_key_has_one_use():
    with pytest.raises(ValueError, match="cosignatures"):
        STATE.sign(TEXT)
    with pytest.raises(ValueError, match="no cosignature"):
        LOG.cosign(TEXT, NOON)


def test_a_key_of_the_coming_type_is_recognised_and_its_signatures_left_aside():
    key = VerifierKey("w.example", ML_DSA_44, b"\5" * 1312)
    assert VerifierKey.parse(str(key)) == key
    note = Note(TEXT, (*LOG.sign(TEXT).signatures, Signature(key.name, key.key_id, b"\0" * 2428)))
    opened = open_note(note, [*KEYS, key])
    assert opened.verified == (LOG.public,)
    assert [line.key for line in opened.ignored] == [key.short]


def test_a_public_key_is_written_in_one_way():
    text = str(LOG.public)
    assert VerifierKey.parse(text) == LOG.public
    name, key_id, encoded = text.split("+", 2)
    for wrong in (
        "", name, f"{name}+{key_id}", f"{name}+{key_id.upper()}+{encoded}" if key_id != key_id.upper() else "x",
        f"{name}+00000000+{encoded}", f"other+{key_id}+{encoded}", f"{text}+", f"{text} ", f"+{key_id}+{encoded}",
        str(VerifierKey("a b", ED25519, b"\1" * 32)), str(VerifierKey("a", ED25519, b"\1" * 31)),
        str(VerifierKey("a", 0x02, b"\1" * 32)), str(VerifierKey("a", ML_DSA_44, b"\1" * 32)),
    ):  # fmt: skip
        assert code_of(VerifierKey.parse, wrong) in {"vkey", "base64"}


def test_a_key_file_is_for_its_owner_alone_and_never_written_over(tmp_path):
    key = SigningKey.new("new.example", "witness")
    file = tmp_path / "key"
    key.write(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SigningKey.read(file) == key
    with pytest.raises(FileExistsError):
        SigningKey.new("new.example", "witness").write(file)
    assert encode(key.seed) not in repr(key)
    assert code_of(SigningKey.new, "a b", "log") == "key-name"
    for content in ("", "PRIVATE+KEY+a+b+QQ==\n", file.read_text(encoding="utf-8") + " ", str(key.public)):
        other = tmp_path / "other"
        other.write_text(content, encoding="utf-8")
        assert code_of(SigningKey.read, other) in {"key-file", "base64"}


@pytest.mark.parametrize(
    "text",
    [
        "", "a\n", "a\n1\n", "a\n1\nAAAA\n", f"a\n01\n{encode(EMPTY_ROOT)}\n", f"a\n-1\n{encode(EMPTY_ROOT)}\n",
        f"a\n1 \n{encode(EMPTY_ROOT)}\n", f"\n1\n{encode(EMPTY_ROOT)}\n", f"a\n1\n{encode(EMPTY_ROOT)}", f"a\n٣\n{encode(EMPTY_ROOT)}\n",
        f"a\n1\n{encode(EMPTY_ROOT)}\n\n", f"a\n{2**63}\n{encode(EMPTY_ROOT)}\n", f"a\n1\n{encode(EMPTY_ROOT * 2)}\n",
        f"a\n{'9' * 5000}\n{encode(EMPTY_ROOT)}\n",
    ],
)  # fmt: skip
def test_a_text_that_is_no_checkpoint_is_refused(text):
    assert code_of(Checkpoint.parse, text) in {"checkpoint-shape", "checkpoint-root", "number", "base64"}


@given(st.text(), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(st.text(), max_size=2))
def test_any_text_is_a_checkpoint_that_prints_back_or_is_refused(origin, size, root, extensions):
    text = str(Checkpoint(origin, size, root, tuple(extensions)))
    try:
        assert str(Checkpoint.parse(text)) == text
    except Malformed:
        assert "\n" in origin or not origin or any(not line or "\n" in line for line in extensions)


def test_numbers_are_read_in_one_form():
    assert (number("0"), number("9223372036854775807")) == (0, 2**63 - 1)
    for text in ("00", "+1", "1_0", "²", " 1", "1\n", "", "0x1"):
        assert code_of(number, text) == "number"
