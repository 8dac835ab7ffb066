"""A local stand-in of Meta's Graph API for WhatsApp, with the customers' phones behind it.

`GraphSandbox` runs it inside a test, `graph_app` mounts it next to other apps, `python -m sandbox.graph`
starts it alone. The README beside this file has the control API.
"""

from sandbox.graph.server import GraphSandbox, graph_app
from sandbox.graph.state import GraphState

__all__ = ["GraphSandbox", "GraphState", "graph_app"]
