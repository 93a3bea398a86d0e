"""GeoReport's addresses: the form is the suffix."""

from django.urls import re_path

from gezhi.exchange.open311 import views

FORM = r"\.(?P<form>xml|json)$"
urlpatterns = [
    re_path(rf"^discovery{FORM}", views.discovery),
    re_path(rf"^services{FORM}", views.services),
    re_path(rf"^services/(?P<code>[^/]+){FORM}", views.service),
    re_path(rf"^requests{FORM}", views.requests),
    re_path(rf"^requests/(?P<pk>[^/]+){FORM}", views.one_request),
    re_path(rf"^tokens/(?P<token>[^/]+){FORM}", views.token),
    re_path(rf"^servicerequestupdates{FORM}", views.updates),
    re_path(r"^.*?(?:\.(?P<form>xml|json))?$", views.unknown),
]
