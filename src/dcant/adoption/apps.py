from django.apps import AppConfig


class AdoptionConfig(AppConfig):
    name = "dcant.adoption"
    label = "adoption"
