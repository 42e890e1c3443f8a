from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dcant.accounts"
    label = "accounts"
