"""The gateway: websockets over which events go out."""
