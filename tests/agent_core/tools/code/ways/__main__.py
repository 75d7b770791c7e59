"""Makes the attempts that are named, and prints what came of each as JSON."""

import json
import sys

from . import tried

world = json.loads(sys.argv[1])
print(json.dumps({name: tried(name, world) for name in sys.argv[2:]}))
