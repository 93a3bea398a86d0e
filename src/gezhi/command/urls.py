from django.urls import path

from gezhi.command.views import wall

app_name = "command"
urlpatterns = [
    path("", wall.wall, name="wall"),
]
