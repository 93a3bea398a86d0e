"""The application that the stream's process loads. It ends with its parent at once: its streams never do."""

import os
import signal

from gezhi.lib.parent import end_with_parent

end_with_parent(signal.SIGKILL)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings")

from gezhi.live.stream import Application  # noqa: E402

application = Application()
