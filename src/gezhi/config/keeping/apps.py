from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "gezhi.config.keeping"
    label = "keeping"
