from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dcant.web"
    label = "web"
