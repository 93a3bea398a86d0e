"""SensorThings' addresses: the path after the version is the standard's own."""

from django.urls import re_path

from gezhi.exchange.sensorthings import views

urlpatterns = [
    re_path(r"^(?P<version>v1\.1)/?(?P<path>.*)$", views.service),
    re_path(r"^.*$", views.unknown),
]
