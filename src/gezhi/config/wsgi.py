"""The web application that the server loads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from gezhi.config.overload import limit_statements
from gezhi.config.proxies import behind
from gezhi.config.tracing import trace_requests
from gezhi.lib.parent import end_with_parent

end_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
limit_statements()
trace_requests(os.environ.get("GEZHI_TRACES_URL", ""))
application = behind(settings.TRUSTED_PROXIES, get_wsgi_application())
