"""Writes vectors/record.json again, from the definitions alone: nothing of dcant is imported.

    python tests/record/make_vectors.py

Trees are computed by the recursion of RFC 6962, signatures from fixed seeds.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ENTRIES = [b"", b"a", "é".encode(), b"\x00" * 300, *(f"entry {n}".encode() for n in range(4, 300))]
SIZES = [0, 1, 2, 3, 7, 8, 255, 256, 257, 300]


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]).digest() if leaves else sha256(b"").digest()
    half = largest_half(len(leaves))
    return sha256(b"\1" + tree(leaves[:half]) + tree(leaves[half:])).digest()


def largest_half(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = largest_half(len(leaves))
    if index < half:
        return [*path(index, leaves[:half]), tree(leaves[half:])]
    return [*path(index - half, leaves[half:]), tree(leaves[:half])]


def sub_proof(size: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [tree(leaves)]
    half = largest_half(len(leaves))
    if size <= half:
        return [*sub_proof(size, leaves[:half], whole), tree(leaves[half:])]
    return [*sub_proof(size - half, leaves[half:], False), tree(leaves[:half])]


def signature(name: str, kind: int, seed: bytes, message: bytes, head: bytes = b"") -> tuple[str, str]:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    typed = bytes([kind]) + private.public_key().public_bytes_raw()
    key_id = sha256(name.encode() + b"\n" + typed).digest()[:4]
    line = f"— {name} {b64encode(key_id + head + private.sign(message)).decode()}\n"
    return f"{name}+{key_id.hex()}+{b64encode(typed).decode()}", line


def main() -> None:
    size, index, time = 300, 17, 1_530_000_000
    text = f"vectors.example/log\n{size}\n{b64encode(tree(ENTRIES)).decode()}\n"
    log, line = signature("vectors.example/log", 1, b"\1" * 32, text.encode())
    said = f"cosignature/v1\ntime {time}\n{text}".encode()
    witness, cosigned = signature("vectors.example/w", 4, b"\2" * 32, said, time.to_bytes(8, "big"))
    steps = "".join(b64encode(step).decode() + "\n" for step in path(index, ENTRIES))
    proof = f"c2sp.org/tlog-proof@v1\nindex {index}\n{steps}\n{text}\n{line}{cosigned}"
    found = {
        "entries": [entry.hex() for entry in ENTRIES],
        "roots": {str(size): tree(ENTRIES[:size]).hex() for size in SIZES},
        "inclusion": [
            {"index": index, "size": size, "proof": [step.hex() for step in path(index, ENTRIES[:size])]}
            for size in SIZES
            for index in sorted({0, size // 2, size - 1})
            if 0 <= index < size
        ],
        "consistency": [
            {"size1": one, "size2": two, "proof": [step.hex() for step in sub_proof(one, ENTRIES[:two], True)]}
            for one in SIZES
            for two in SIZES
            if 0 < one <= two
        ],
        "policy": f"log {log}\nwitness w {witness}\nquorum w\n",
        "proof": proof,
        "proof_entry": ENTRIES[index].hex(),
    }
    target = Path(__file__).parent / "vectors" / "record.json"
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
