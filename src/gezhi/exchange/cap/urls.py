from django.urls import path

from gezhi.exchange.cap import views

urlpatterns = [
    path("feed.xml", views.feed),
    path("<slug:identifier>.xml", views.one),
]
