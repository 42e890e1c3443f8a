from django.apps import AppConfig


class HarvestConfig(AppConfig):
    name = "dcant.harvest"
    label = "harvest"
