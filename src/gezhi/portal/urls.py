from django.urls import path

from gezhi.portal.views import agent, display, follow, kept, map, place_map, purchases, report, verify

app_name = "portal"
urlpatterns = [
    path("", report.home, name="home"),
    path("report/", report.report, name="report"),
    path("report/places/", report.places, name="places"),
    path("report/here/", report.here, name="here"),
    path("report/map/", place_map.place_map, name="place-map"),
    path("report/thanks/<str:code>/", follow.thanks, name="thanks"),
    path("agent/", agent.report, name="agent"),
    path("agent/<str:code>/", agent.receipt, name="agent-receipt"),
    path("follow/", follow.follow, name="follow"),
    path("follow/<str:code>/", follow.followed, name="followed"),
    path("follow/<str:code>/photo/<uuid:key>/", follow.photo, name="photo"),
    path("follow/<str:code>/document/<str:paper_code>/", follow.paper, name="paper"),
    path("follow/<str:code>/<slug:step>/", follow.take_step, name="step"),
    path("map/", map.matters, name="map"),
    path("kept/", kept.promises, name="kept"),
    path("verify/", verify.ask, name="verify"),
    path("verify/<str:code>/", verify.verify, name="verified"),
    path("purchases/", purchases.purchases, name="purchases"),
    path("display/", display.display, name="display"),
]
