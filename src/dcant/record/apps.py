from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "dcant.record"
    label = "record"
