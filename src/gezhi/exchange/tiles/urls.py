"""Where maps fetch their tiles."""

from django.urls import path

from gezhi.exchange.tiles import views

app_name = "tiles"
urlpatterns = [
    path("current.json", views.current, name="current"),
    path("<slug:version>/<int:zoom>/<int:column>/<int:row>.mvt", views.tile, name="tile"),
]
