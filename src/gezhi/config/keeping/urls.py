from django.urls import path

from gezhi.config.keeping import views

app_name = "keeping"
urlpatterns = [
    path("", views.home, name="home"),
    path("drill/", views.drill_now, name="drill"),
]
