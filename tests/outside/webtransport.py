"""The client and the scenario of chinwag_client.py over WebTransport, with aioquic.

Run it like that one, with a Python that has what requirements.txt asks for.
"""

import asyncio
import hashlib
import queue
import ssl
import struct
import sys
import threading
from base64 import b64decode

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.h3.connection import H3_ALPN, H3Connection, Setting
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated, HandshakeCompleted, StreamDataReceived
from cryptography.hazmat.primitives.serialization import Encoding

import chinwag_client
from chinwag_client import DEADLINE, u32


class Session(QuicConnectionProtocol):
    """One WebTransport session; lives in the loop's thread."""

    def begin(self, authority, path, hashes, arrived):
        self.authority, self.path, self.hashes, self.arrived = authority, path, hashes, arrived
        self.http, self.session_id, self.streams, self.parts = None, None, {}, {}
        self.ready = asyncio.get_running_loop().create_future()

    def quic_event_received(self, event):
        try:
            self.take(event)
        except Exception as problem:
            self.fail(problem)

    def fail(self, problem):
        if not self.ready.done():
            self.ready.set_exception(problem)
        self.arrived.put(problem)

    def take(self, event):
        if isinstance(event, ConnectionTerminated):
            self.fail(ConnectionError(event.reason_phrase or f"closed with {event.error_code:#x}"))
        if isinstance(event, HandshakeCompleted):
            self.check_certificate()
            self.http = H3Connection(self._quic, enable_webtransport=True)
        if isinstance(event, StreamDataReceived) and event.stream_id in self.streams:
            # aioquic looks for WebTransport's header here, but only who opens a stream sends one.
            self.received(event.stream_id, event.data, event.end_stream)
            return
        if self.http is None:
            return
        for part in self.http.handle_event(event):
            if isinstance(part, HeadersReceived) and part.stream_id == self.session_id:
                status = dict(part.headers)[b":status"]
                assert status == b"200", status
                self.ready.set_result(None)
        if self.session_id is None and self.http.received_settings is not None:
            self.request()

    def check_certificate(self):
        """Section 1: the certificate is one of those whose hashes the server told."""
        certificate = self._quic.tls._peer_certificate.public_bytes(Encoding.DER)
        assert hashlib.sha256(certificate).digest() in self.hashes, "a stranger's certificate"

    def request(self):
        settings = self.http.received_settings
        assert settings[Setting.ENABLE_CONNECT_PROTOCOL] == 1
        assert settings[Setting.ENABLE_WEBTRANSPORT] == 1
        self.session_id = self._quic.get_next_available_stream_id()
        headers = {
            ":method": "CONNECT", ":protocol": "webtransport", ":scheme": "https",
            ":authority": self.authority, ":path": self.path,
        }
        packed = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.http.send_headers(self.session_id, packed)
        self.transmit()

    def received(self, stream, data, ended):
        lane = self.streams[stream]
        self.parts[lane] += data
        while len(self.parts[lane]) >= 4:
            end = 4 + struct.unpack("<I", self.parts[lane][:4])[0]
            if len(self.parts[lane]) < end:
                break
            self.arrived.put((lane, self.parts[lane][4:end]))
            self.parts[lane] = self.parts[lane][end:]
        if ended:
            # Section 2: the server has finished its half of the lane, and the client finishes its own.
            assert not self.parts[lane], "the lane ends within a frame"
            self._quic.send_stream_data(stream, b"", end_stream=True)
            self.transmit()

    def send(self, lane, data):
        if lane not in self.parts:
            self.streams[self.http.create_webtransport_stream(self.session_id)] = lane
            self.parts[lane] = b""
        stream = next(stream for stream, of in self.streams.items() if of == lane)
        self._quic.send_stream_data(stream, data)
        self.transmit()


class WebTransport:
    """The carrier; a loop in a thread of its own answers to QUIC whatever the scenario does."""

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def __init__(self, address, about):
        where, self.arrived = about["webtransport"], queue.Queue()
        hashes = [b64decode(it) for it in where["hashes"]]
        self.call(self.open(address.hostname, where["port"], where["path"], hashes))

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE)

    async def open(self, host, port, path, hashes):
        configuration = QuicConfiguration(
            is_client=True, alpn_protocols=H3_ALPN, max_datagram_frame_size=65_536,
            verify_mode=ssl.CERT_NONE,  # `check_certificate` does it.
        )

        def begun(*args, **kwargs):
            session = Session(*args, **kwargs)
            session.begin(f"{host}:{port}", path, hashes, self.arrived)
            return session

        self.connection = connect(host, port, configuration=configuration, create_protocol=begun)
        self.session = await self.connection.__aenter__()
        await self.session.ready

    def send(self, lane, payload):
        async def work():
            self.session.send(lane, u32(len(payload)) + payload)

        self.call(work())

    def receive(self):
        """The next frame and its lane."""
        arrived = self.arrived.get(timeout=DEADLINE)
        if isinstance(arrived, Exception):
            raise arrived
        return [arrived]

    def cut(self):
        self.call(self.connection.__aexit__(None, None, None))


if __name__ == "__main__":
    chinwag_client.main(sys.argv[1], WebTransport)
