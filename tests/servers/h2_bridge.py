#!/usr/bin/env python3
"""Terminates TLS in front of an HTTP/1.1 server on loopback: h2_bridge.py BACKEND_PORT CERT KEY.

Clients that agree on HTTP/2 get frames: each stream is one connection to the server behind, whose
misbehaviour becomes that of HTTP/2 (an end before or within the reply: RST_STREAM; a reset: the
connection is gone; a reply that is not HTTP: RST_STREAM with PROTOCOL_ERROR). A reply's field
"X-Frames" orders what only HTTP/2 has: refused, calm, http11, goaway, silent. All other clients get a plain
pipe. Prints "port N".
"""
import asyncio
import ssl
import sys

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

CODES = h2.errors.ErrorCodes
PASSED_OVER = {b"connection", b"transfer-encoding", b"keep-alive", b"x-frames"}


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        writer.transport.abort()
    finally:
        writer.close()


class Connection:
    def __init__(self, reader, writer, backend):
        self.reader, self.writer, self.backend = reader, writer, backend
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=False, header_encoding=None, validate_outbound_headers=False,
            normalize_outbound_headers=False))
        self.streams = {}
        self.silent = False
        self.window = asyncio.Condition()

    async def serve(self):
        self.h2.initiate_connection()
        self.flush()
        while data := await self.reader.read(65536):
            if self.silent:
                continue
            try:
                events = self.h2.receive_data(data)
            except h2.exceptions.ProtocolError:
                break
            for event in events:
                await self.take(event)
            self.flush()
        for task, *_ in self.streams.values():
            task and task.cancel()
        self.writer.close()

    def flush(self):
        if not self.silent and not self.writer.is_closing():
            self.writer.write(self.h2.data_to_send())

    async def take(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.streams[event.stream_id] = [None, event.headers, b""]
        elif isinstance(event, h2.events.DataReceived):
            self.streams[event.stream_id][2] += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            stream = self.streams[event.stream_id]
            stream[0] = asyncio.ensure_future(self.answer(event.stream_id, *stream[1:]))
        elif isinstance(event, h2.events.StreamReset):
            task = self.streams.pop(event.stream_id, [None])[0]
            task and task.cancel()
        elif isinstance(event, h2.events.WindowUpdated):
            async with self.window:
                self.window.notify_all()

    async def answer(self, stream, headers, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.backend, limit=1 << 23)
        try:
            fields = dict(headers)
            lines = [fields[b":method"] + b" " + fields[b":path"] + b" HTTP/1.1",
                     b"Host: " + fields[b":authority"]]
            lines += [name + b": " + value for name, value in headers
                      if not name.startswith(b":") and name != b"content-length"]
            if body or fields[b":method"] == b"PUT":
                lines.append(b"Content-Length: %d" % len(body))
            writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            await self.pass_on(stream, reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            self.reset(stream, CODES.INTERNAL_ERROR)
        except ConnectionError:
            self.writer.transport.abort()
        except (ValueError, IndexError):
            self.reset(stream, CODES.PROTOCOL_ERROR)
        except h2.exceptions.H2Error:
            pass  # the client gave the stream, or the connection, up
        finally:
            writer.close()
            self.flush()

    def reset(self, stream, code):
        try:
            self.h2.reset_stream(stream, code)
        except h2.exceptions.H2Error:
            pass

    async def pass_on(self, stream, reader):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
            version, status = head[0].split(b" ")[:2]
            if not version.startswith(b"HTTP/1.") or not 100 <= int(status) <= 599:
                raise ValueError
            fields = [(name.lower(), value.strip()) for name, value in
                      (line.split(b":", 1) for line in head[1:])]
            known = dict(fields)
            if known.get(b"x-frames"):
                return self.order(stream, known[b"x-frames"])
            passed = [f for f in fields if f[0] not in PASSED_OVER]
            self.h2.send_headers(stream, [(b":status", status)] + passed)
            self.flush()
            if int(status) >= 200:
                break
        if known.get(b"transfer-encoding") == b"chunked":
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                await self.send(stream, await reader.readexactly(size))
                await reader.readexactly(2)
        elif int(status) not in (204, 304):
            left = int(known.get(b"content-length", b"-1"))
            while left and (data := await reader.read(65536 if left < 0 else min(left, 65536))):
                await self.send(stream, data)
                left = max(-1, left - len(data))
            if left > 0:
                raise asyncio.IncompleteReadError(b"", left)
        self.h2.end_stream(stream)

    async def send(self, stream, data):
        while data:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if room <= 0:
                async with self.window:
                    await self.window.wait()
                continue
            self.h2.send_data(stream, data[:room])
            data = data[room:]
            self.flush()
            await self.writer.drain()

    def order(self, stream, what):
        if what == b"silent":
            self.silent = True
        elif what == b"goaway":
            self.h2.close_connection(CODES.NO_ERROR, last_stream_id=0)
            self.flush()
            self.writer.close()
        elif what == b"calm":
            self.h2.close_connection(CODES.ENHANCE_YOUR_CALM)
            self.flush()
            self.writer.close()
        else:
            self.reset(stream, {b"refused": CODES.REFUSED_STREAM,
                                b"http11": CODES.HTTP_1_1_REQUIRED}[what])


async def accept(reader, writer, backend):
    try:
        chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        if chosen == "h2":
            await Connection(reader, writer, backend).serve()
            return
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", backend)
        await asyncio.gather(pump(reader, back_writer), pump(back_reader, writer))
    except (OSError, asyncio.CancelledError):
        writer.close()


async def main(backend, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    server = await asyncio.start_server(lambda r, w: accept(r, w, backend), "127.0.0.1", 0,
                                        ssl=context)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
