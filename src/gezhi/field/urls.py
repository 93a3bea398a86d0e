from django.urls import path

from gezhi.field import views
from gezhi.field.offline.views import phone as offline
from gezhi.field.rounds.views import pages as rounds
from gezhi.field.told import views as told

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("report/", views.report, name="report"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/documents/", views.issue, name="issue"),
    path("documents/<str:code>/", views.document, name="document"),
    path("warnings/<int:pk>/", told.take_up, name="warning"),
    path("outbox/", offline.shell, name="box"),
    path("sw.js", offline.worker, name="worker"),
    path("app.webmanifest", offline.manifest, name="manifest"),
    path("day.json", offline.day, name="day"),
    path("sync/", offline.hello, name="sync"),
    path("photos/<uuid:key>/", offline.photo, name="photo"),
    path("rounds/", rounds.today, name="rounds"),
    path("rounds/week/", rounds.week, name="week"),
    path("rounds/<int:pk>/", rounds.one_round, name="round"),
]
