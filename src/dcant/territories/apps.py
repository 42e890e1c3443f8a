from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "dcant.territories"
    label = "territories"
