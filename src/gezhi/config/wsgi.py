"""The web application that the server loads."""

import os

from django.core.wsgi import get_wsgi_application

from gezhi.lib.parent import end_with_parent

end_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
application = get_wsgi_application()
