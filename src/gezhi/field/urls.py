from django.urls import path

from gezhi.field import views
from gezhi.field.rounds import views as rounds

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("report/", views.report, name="report"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/documents/", views.issue, name="issue"),
    path("documents/<str:code>/", views.document, name="document"),
    path("rounds/", rounds.today, name="rounds"),
    path("rounds/week/", rounds.week, name="week"),
    path("rounds/<int:pk>/", rounds.one_round, name="round"),
]
