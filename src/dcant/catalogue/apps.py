from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "dcant.catalogue"
    label = "catalogue"
