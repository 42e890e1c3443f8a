"""Whom one trusts: the keys of logs and witnesses, and how many of them must agree (C2SP tlog-policy).

The double majority of the programme is such a file: a group of the territories' witnesses (`any`), a group `all` of it
and of the State's, and that group as quorum. It must reach the auditor by another way than the log.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from dcant.record.checkpoint import Checkpoint, number
from dcant.record.note import COSIGNATURE, ED25519, ML_DSA_44, Malformed, Note, VerifierKey, open_note, shown, text_of

_LOG_KINDS, _WITNESS_KINDS = {ED25519}, {COSIGNATURE, ML_DSA_44}


@dataclass(frozen=True, slots=True)
class Party:
    """A log, or a witness: its name in the policy (that of the key, for a log), its key, its address when told."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Satisfied when `needed` of its members, witnesses or groups, are."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """`quorum` is the name of a group or of a witness, None when no witness is asked for."""

    logs: tuple[Party, ...]
    witnesses: tuple[Party, ...]
    groups: tuple[Group, ...]
    quorum: str | None

    @classmethod
    def parse(cls, data: bytes) -> "Policy":
        """Raises Malformed, naming the line."""
        reading = _Reading()
        for place, line in enumerate(text_of(data.replace(b"\t", b" "), "policy").split("\n"), start=1):
            items = [item for item in line.split(" ") if item]
            comment = next((at for at, item in enumerate(items) if item.startswith("#")), len(items))
            try:
                reading.take(items[:comment])
            except Malformed as error:
                raise Malformed(error.code, f"Politique, ligne {place} : {error.message}") from error
        return reading.policy()

    @classmethod
    def read(cls, file: Path) -> "Policy | None":
        """The policy in this file; None without a file. Raises Malformed, and OSError for a file that cannot be read."""
        try:
            return cls.parse(file.read_bytes())
        except FileNotFoundError:
            return None

    def log_keys(self, origin: str) -> list[VerifierKey]:
        """The keys of the log of this origin: a log signs under its own name."""
        return [log.key for log in self.logs if log.key.name == origin]

    def keys(self, origin: str) -> list[VerifierKey]:
        """Every key that may count on a checkpoint of this log."""
        return [*self.log_keys(origin), *(witness.key for witness in self.witnesses)]

    def satisfied(self, verified: Collection[VerifierKey]) -> bool:
        """Is the quorum met by the witnesses whose cosignatures verified?"""
        met = {witness.name: witness.key in verified for witness in self.witnesses}
        for group in self.groups:
            met[group.name] = sum(met[member] for member in group.members) >= group.needed
        return self.quorum is None or met[self.quorum]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a proof is worth: no finding and it holds. Each finding is a code and a French sentence."""

    findings: tuple[tuple[str, str], ...]
    trusted: tuple[str, ...]
    ignored: tuple[str, ...]
    checkpoint: Checkpoint

    def __bool__(self) -> bool:
        return not self.findings


def check_signatures(checkpoint: Checkpoint, note: Note, policy: Policy, *, quorum: bool = True) -> Checked:
    """Signed by its log, by nobody falsely, and cosigned by the quorum."""
    opened = open_note(note, policy.keys(checkpoint.origin))
    findings = [("signature-wrong", f"La signature de « {line.key} » est fausse.") for line in opened.wrong]
    if not set(policy.log_keys(checkpoint.origin)) & set(opened.verified):
        findings.append(
            ("log-unsigned", f"Aucun journal de la politique n’a signé sous le nom « {checkpoint.origin} ».")
        )
    elif quorum and not policy.satisfied(opened.verified):
        findings.append(("quorum", f"Le quorum « {policy.quorum} » des témoins n’est pas atteint."))
    trusted, ignored = (key.short for key in opened.verified), (shown(line.key) for line in opened.ignored)
    return Checked(tuple(findings), tuple(trusted), tuple(ignored), checkpoint)


class _Reading:
    """A policy being read, line after line: names are defined before they are used."""

    def __init__(self) -> None:
        self._logs: list[Party] = []
        self._witnesses: dict[str, Party] = {}
        self._groups: dict[str, Group] = {}
        self._used: set[str] = set()
        self._quorum: list[str] = []

    def take(self, items: list[str]) -> None:
        if not items:
            return
        readers: Mapping[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._set_quorum,
        }
        if items[0] not in readers:
            raise Malformed("policy-line", f"« {items[0]} » ne commence aucune ligne de politique.")
        readers[items[0]](items[1:])

    def policy(self) -> Policy:
        if not self._quorum:
            raise Malformed("policy-quorum", "Politique : il manque la ligne quorum.")
        quorum = None if self._quorum[0] == "none" else self._quorum[0]
        return Policy(tuple(self._logs), tuple(self._witnesses.values()), tuple(self._groups.values()), quorum)

    def _log(self, items: list[str]) -> None:
        party = _party("", items, _LOG_KINDS)
        if party.key in {log.key for log in self._logs}:
            raise Malformed("policy-key-twice", "cette clé est déjà celle d’un journal.")
        self._logs.append(party)

    def _witness(self, items: list[str]) -> None:
        name = self._new_name(items)
        party = _party(name, items[1:], _WITNESS_KINDS)
        if party.key.public in {witness.key.public for witness in self._witnesses.values()}:
            raise Malformed("policy-key-twice", "cette clé est déjà celle d’un témoin : un témoin compte une fois.")
        self._witnesses[name] = party

    def _group(self, items: list[str]) -> None:
        name, needed, members = self._new_name(items), items[1:2], items[2:]
        for member in members:
            self._must_exist(member)
            if member in self._used:
                raise Malformed("policy-member-twice", f"« {member} » est déjà membre d’un groupe.")
            self._used.add(member)
        if not needed or not members:
            raise Malformed("policy-group", "un groupe a un nom, any, all ou un nombre, puis ses membres.")
        count = {"any": 1, "all": len(members)}.get(needed[0]) or number(needed[0])
        if not 1 <= count <= len(members):
            raise Malformed("policy-group", f"un groupe de {len(members)} membres ne peut en demander {count}.")
        self._groups[name] = Group(name, count, tuple(members))

    def _set_quorum(self, items: list[str]) -> None:
        if len(items) != 1 or self._quorum:
            raise Malformed("policy-quorum", "il y a une ligne quorum, et elle porte un seul nom.")
        if items[0] != "none":
            self._must_exist(items[0])
        self._quorum = items

    def _new_name(self, items: list[str]) -> str:
        name = items[0] if items else "none"
        if name == "none" or name in self._witnesses or name in self._groups:
            raise Malformed("policy-name", f"le nom « {name} » est réservé, absent ou déjà pris.")
        return name

    def _must_exist(self, name: str) -> None:
        if name not in self._witnesses and name not in self._groups:
            raise Malformed("policy-unknown", f"« {name} » n’est pas défini plus haut.")


def _party(name: str, items: list[str], kinds: Collection[int]) -> Party:
    if len(items) not in {1, 2}:
        raise Malformed("policy-line", "il faut une clé publique, puis au plus une adresse.")
    key = VerifierKey.parse(items[0])
    if key.kind not in kinds:
        raise Malformed("policy-key-type", f"la clé « {key.short} » n’est pas du type qu’il faut ici.")
    url = items[1] if len(items) == 2 else ""
    if url and not url.startswith(("https://", "http://")):
        raise Malformed("policy-url", f"« {url[:60]} » n’est pas une adresse http ou https.")
    return Party(name or key.name, key, url)
