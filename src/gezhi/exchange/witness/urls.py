"""Below /ledger/witness/, which is the submission and the monitoring prefix."""

from django.urls import path

from gezhi.exchange.witness import views

urlpatterns = [
    path("add-checkpoint", views.add_checkpoint),
    path("key", views.key),
    path("<str:origin_hash>/checkpoint", views.checkpoint),
]
