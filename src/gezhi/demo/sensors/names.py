"""What invented devices are called, and by what they prove themselves."""

from typing import Final

BROKER: Final = "demo"
CAMERA: Final = "demo-camera-001"
SIP_CAMERA: Final = "33020300001180009901"
PLATFORM: Final = "33020300002000009901"
SECRET: Final = "gezhi-demo-2026"  # noqa: S105 - of invented devices
PASSWORD: Final = "demo26"  # noqa: S105
