"""What ``optimizer`` is in the examples' shell: it hands a command to the server, and ends with its status."""

import json
import os
import socket
import sys
from pathlib import Path

address, *arguments = sys.argv[1:]
request = {"arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
body = json.dumps(request).encode()
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(address)
    socket.send_fds(connection, [len(body).to_bytes(4, "big")], [0, 1, 2])
    connection.sendall(body)
    for number in (0, 1):
        os.close(number)  # else a reader of a pipe would wait for this process too
    status = connection.recv(1)
sys.exit(status[0] if status else 1)
