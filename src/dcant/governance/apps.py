from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "dcant.governance"
    label = "governance"
