"""A web server in a thread, with the faults that downloads meet."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """files: path -> bytes. Faults: see the attributes. `requests` holds the Range of each."""

    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.requests = []
        self.break_after = []           # one request each: how many bytes come; None: all
        self.statuses = []              # one request each: answer with this error
        self.ranges = True              # whether Range is understood
        self.etag = '"1"'               # None: no version is told
        self.after = lambda: None       # called behind each answer

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server, wanted = self.server, self.headers.get("Range")
        server.requests.append(wanted)
        if server.statuses:
            return self.send_error(server.statuses.pop(0))
        content = server.files.get(self.path.split("?")[0])
        if content is None:
            return self.send_error(404)
        start = 0
        same = self.headers.get("If-Range") in (None, server.etag)
        if wanted and server.ranges and same:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if server.etag:
            self.send_header("ETag", server.etag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        limit = server.break_after.pop(0) if server.break_after else None
        self.wfile.write(content[start:] if limit is None else content[start:start + limit])
        server.after()


@contextlib.contextmanager
def serving(files):
    """A server of these files, while the block runs."""
    server = Server(files)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
