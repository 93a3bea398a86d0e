from django.urls import include, path

from gezhi.config import health

handler500 = "gezhi.config.failing.failed"
urlpatterns = [
    path("", include("gezhi.exchange.urls")),
    path("", include("gezhi.portal.urls")),
    path("live/", include("gezhi.live.urls")),
    path("command/", include("gezhi.command.urls")),
    path("desk/", include("gezhi.desk.urls")),
    path("field/", include("gezhi.field.urls")),
    path("security/", include("gezhi.security.urls")),
    path("desk/keeping/", include("gezhi.config.keeping.urls")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("health/live", health.alive),
    path("health/ready", health.ready),
    path("metrics", health.metrics),
]
