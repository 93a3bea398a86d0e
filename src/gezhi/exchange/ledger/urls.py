"""Below /ledger/: the log as c2sp.org/tlog-tiles lays it out. A web server in front may hand out the same files."""

from django.urls import path

from gezhi.exchange.ledger import views

app_name = "ledger"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("keys", views.keys, name="keys"),
    path("tile/entries/<path:rest>", views.bundle, name="bundle"),
    path("tile/<path:rest>", views.tile, name="tile"),
]
