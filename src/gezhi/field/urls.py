from django.urls import path

from gezhi.field import views

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("report/", views.report, name="report"),
    path("cases/<str:number>/", views.case, name="case"),
]
