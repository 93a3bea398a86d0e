"""SensorThings' addresses: the path after the version is the standard's own."""

from django.urls import path, re_path

from gezhi.exchange.sensorthings import views

urlpatterns = [
    path("v1.1", views.service),
    path("v1.1/", views.service),
    path("v1.1/<path:path>", views.service),
    re_path(r"^.*$", views.unknown),
]
