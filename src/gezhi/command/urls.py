from django.urls import path

from gezhi.command.views import case, phone, reads, sensed, urging, wall

app_name = "command"
urlpatterns = [
    path("", wall.wall, name="wall"),
    path("phone/", phone.phone, name="phone"),
    path("board/", reads.board, name="board"),
    path("places/", reads.below, name="places"),
    path("heat/", reads.warmth, name="heat"),
    path("points/", reads.dots, name="points"),
    path("replay/", reads.day, name="replay"),
    path("things/", sensed.things, name="things"),
    path("urge/", urging.urge, name="urge"),
    path("cases/<str:number>/", case.case, name="case"),
]
