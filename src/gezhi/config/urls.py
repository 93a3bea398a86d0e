from django.urls import include, path
from django.views.i18n import set_language

from gezhi.config import health
from gezhi.people.access import public

urlpatterns = [
    path("", include("gezhi.exchange.urls")),
    path("", include("gezhi.portal.urls")),
    path("desk/", include("gezhi.desk.urls")),
    path("field/", include("gezhi.field.urls")),
    path("language/", public(set_language), name="set_language"),
    path("healthz", health.alive),
    path("readyz", health.ready),
]
