from django.urls import path

from gezhi.live import views

app_name = "live"
urlpatterns = [path("ticket/", views.ticket, name="ticket")]
