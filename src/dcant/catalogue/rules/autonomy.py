"""The autonomy criteria: what anyone must know before entering, so as to be able to leave. A versioned standard of the base."""

STANDARD = "criteres-autonomie"  # the sheet that states them
VERSION = "0.1"
# The fields of a sheet that answer the criteria, the same for infrastructures, services and software.
FIELDS = ("exit_notice", "exit_formats", "keys_held_by", "can_cut_access", "subcontractors")
KINDS = frozenset({"infrastructure", "service", "software"})
