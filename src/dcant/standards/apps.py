from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "dcant.standards"
    label = "standards"
