"""The web application that the server loads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from gezhi.config.proxies import behind
from gezhi.lib.parent import end_with_parent

end_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
application = behind(settings.TRUSTED_PROXIES, get_wsgi_application())
