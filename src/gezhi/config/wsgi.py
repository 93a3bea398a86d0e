"""The web application that the server loads."""

import gc
import os
from multiprocessing import parent_process

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from gezhi.config.lending import lend_connections
from gezhi.config.overload import limit_statements
from gezhi.config.proxies import behind
from gezhi.config.tracing import trace_requests
from gezhi.lib.parent import end_with_parent
from gezhi.lib.reach import NOTHING, for_this_process

end_with_parent()
if parent_process() is not None:  # of `gezhi serve`, which reaches everything; answering requests does not
    for_this_process(NOTHING)
    lend_connections()
    for name in ("GEZHI_OWNER_URL", "GEZHI_BACKUP_URL"):
        os.environ.pop(name, None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")
limit_statements()
trace_requests(os.environ.get("GEZHI_TRACES_URL", ""))
application = behind(settings.TRUSTED_PROXIES, get_wsgi_application())
gc.freeze()  # what is loaded stays: collections amid thousands of readings need not look at it
