"""A Chinwag client, written from docs/protocol.md alone, and its WebSocket.

Standard library only; webtransport.py is the other carrier. Run as a program with the address of a server's plain HTTP listener it
plays the scenario of `main` and says what it saw; anything that is not as the page says ends it
with an AssertionError.
"""

import base64
import json
import os
import secrets
import socket
import struct
import sys
import urllib.parse
import urllib.request

DEADLINE = 30  # seconds
BYE_CODES = "draining slow replaced malformed version timeout full tokenReused goodbye".split()
REFUSAL_CODES = (
    "nameOrRoomMissing nameInvalid roomInvalid nameInUse nameReserved roomFull tooManyRooms "
    "serverFull notJoined alreadyJoined profanity blank tooLong unprintable notOnGlobe "
    "numberSkipped tooFast logUnavailable busy notYours notThere tooManyReactions notAnEmoji notHere"
).split()


# Section 3: primitives


def u8(value):
    return struct.pack("<B", value)


def u16(value):
    return struct.pack("<H", value)


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def text(value):
    data = value.encode()
    return u64(len(data)) + data


def option(value):
    return u8(0) if value is None else u8(1) + value


class Reader:
    """Takes values off a payload."""

    def __init__(self, payload):
        self.payload, self.at = payload, 0

    def take(self, count):
        assert self.at + count <= len(self.payload), "the payload is cut short"
        self.at += count
        return self.payload[self.at - count : self.at]

    def number(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def u8(self):
        return self.number("<B")

    def u16(self):
        return self.number("<H")

    def u32(self):
        return self.number("<I")

    def u64(self):
        return self.number("<Q")

    def time(self):
        return self.number("<q")

    def bool(self):
        value = self.u8()
        assert value in (0, 1), "a bool is 0 or 1"
        return value == 1

    def text(self):
        return self.take(self.u64()).decode()

    def list(self, item):
        return [item() for _ in range(self.u64())]

    # Section 5: the parts of events

    def member(self):
        return {"id": self.u64(), "nick": self.text()}

    def content(self):
        kind, fields = CONTENTS[self.u32()]
        return {"kind": kind, **fields(self)}

    def option(self, item):
        return item() if self.bool() else None

    def reaction(self):
        return {"emoji": self.text(), "by": self.list(self.member)}

    def card(self):
        return {"name": self.text(), "topic": self.text(), "members": self.u32()}

    def entry(self):
        return {
            "seq": self.u64(), "at": self.time(), "author": self.u64(), "number": self.u64(),
            "nick": self.text(), "content": self.content(),
            "edited": self.option(self.time), "reactions": self.list(self.reaction),
            "seat": self.u64(),
        }

    def page(self):
        return {
            "entries": self.list(self.entry), "more": self.bool(),
            "newer": self.bool(), "asOf": self.u64(),
        }

    def refusal(self):
        return {
            "code": REFUSAL_CODES[self.u32()], "text": self.text(),
            "retry": self.bool(), "retryAfterMs": self.u32(),
        }

    def mark(self):
        refused = lambda: {"number": self.u64(), "code": REFUSAL_CODES[self.u32()]}
        return {"number": self.u64(), "refused": self.list(refused)}

    def limits(self):
        names = "frameBytes bodyChars nickGraphemes roomGraphemes rooms window graceMs".split()
        return {name: self.u32() for name in names}

    def retry(self):
        kind = self.u32()
        assert kind in (0, 1), "a retry that does not exist"
        return {"kind": "stop"} if kind == 0 else {"kind": "after", "ms": self.u32()}

    def change(self):
        kind = ("joined", "left", "away", "back")[self.u32()]
        return {"kind": kind, "member": self.member() if kind in ("joined", "left") else self.u64()}


CONTENTS = [
    ("text", lambda r: {"body": r.text(), "reply": r.option(r.u64)}),
    ("location", lambda r: {"latitude": r.number("<d"), "longitude": r.number("<d")}),
    ("edit", lambda r: {"of": r.u64(), "body": r.text()}),
    ("delete", lambda r: {"of": r.u64()}),
    ("react", lambda r: {"of": r.u64(), "emoji": r.text(), "on": r.bool()}),
    ("topic", lambda r: {"text": r.text()}),
    ("deleted", lambda r: {}),
    ("emptied", lambda r: {}),
]


EVENTS = [
    ("welcome", lambda r: {
        "version": r.u16(), "resumed": r.bool(), "epoch": r.u64(), "now": r.time(),
        "server": r.text(), "limits": r.limits(),
    }),
    ("pong", lambda r: {"nonce": r.u64(), "now": r.time()}),
    ("bye", lambda r: {"code": BYE_CODES[r.u32()], "text": r.text(), "retry": r.retry()}),
    ("notice", lambda r: {"at": r.time(), "text": r.text()}),
    ("roster", lambda r: {
        "room": r.text(), "members": r.list(r.member), "more": r.bool(), "away": r.list(r.u64),
    }),
    ("joined", lambda r: {
        "you": r.u64(), "room": r.text(), "epoch": r.u64(), "head": r.u64(),
        "continues": r.bool(), "page": r.page(), "mark": r.mark(), "topic": r.text(),
        "seat": r.u64(), "read": r.u64(),
    }),
    ("joinRefused", lambda r: {"refusal": r.refusal(), "suggestions": r.list(r.text)}),
    ("entry", lambda r: {"entry": r.entry()}),
    ("presence", lambda r: {"at": r.time(), "change": r.change()}),
    ("ack", lambda r: {"number": r.u64()}),
    ("refused", lambda r: {"number": r.u64(), "refusal": r.refusal()}),
    ("history", lambda r: {"page": r.page()}),
    ("typing", lambda r: {"member": r.u64()}),
    ("left", lambda r: {}),
    ("rejected", lambda r: {"refusal": r.refusal()}),
    ("looked", lambda r: {"page": r.page()}),
    ("found", lambda r: {"hits": r.list(r.entry), "more": r.bool()}),
    ("rooms", lambda r: {"rooms": r.list(r.card), "more": r.bool()}),
    ("invited", lambda r: {"from": r.member(), "key": r.take(32), "name": r.text()}),
    ("read", lambda r: {"seq": r.u64()}),
]


def decode_event(payload):
    reader = Reader(payload)
    kind, fields = EVENTS[reader.u32()]
    event = {"kind": kind, **fields(reader)}
    assert reader.at == len(payload), "stray bytes"
    return event


# Section 4: commands


def hello(token, following):
    return u32(0) + u16(1) + option(token) + following + text("chinwag-python 1")


def join(room, nick, member, cursor=None):
    packed = None if cursor is None else u64(cursor[0]) + u64(cursor[1])
    return u32(3) + u32(0) + text(room) + text(nick) + option(packed) + member


def send(number, kind, fields):
    return u32(5) + u64(number) + u32(kind) + fields


def send_text(number, body, reply=None):
    return send(number, 0, text(body) + option(None if reply is None else u64(reply)))


def edit(number, of, body):
    return send(number, 2, u64(of) + text(body))


def delete(number, of):
    return send(number, 3, u64(of))


def react(number, of, emoji, on):
    return send(number, 4, u64(of) + text(emoji) + u8(1 if on else 0))


def look(seqs):
    return u32(9) + u64(len(seqs)) + b"".join(u64(seq) for seq in seqs)


def send_location(number, latitude, longitude):
    return u32(5) + u64(number) + u32(1) + struct.pack("<dd", latitude, longitude)


def history(before, limit):
    return u32(6) + u32(0) + u64(before) + u16(limit)


BYE, LEAVE = u32(1), u32(4)


class WebSocket:
    """The carrier: RFC 6455, as much of it as a client of binary messages needs."""

    def __init__(self, address, about):
        host, port, path = address.hostname, address.port, about["websocket"]["path"]
        self.socket = socket.create_connection((host, port), timeout=DEADLINE)
        self.file = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        status = self.file.readline()
        assert b" 101 " in status, status
        while self.file.readline() != b"\r\n":
            pass

    def send(self, lane, payload):
        self.write(2, u32(lane) + u32(len(payload)) + payload)

    def write(self, opcode, data):
        length = len(data)
        short = u8(0x80 | length) if length < 126 else u8(0xFE) + struct.pack(">H", length)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self.socket.sendall(u8(0x80 | opcode) + short + mask + masked)

    def receive(self):
        """The frames of the next message, each with its lane."""
        while True:
            head = self.file.read(2)
            assert len(head) == 2, "the server has closed the connection"
            length = head[1]
            if length == 126:
                length = struct.unpack(">H", self.file.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.file.read(8))[0]
            data, opcode = self.file.read(length), head[0] & 15
            assert opcode != 8, "the server closes the connection"
            if opcode == 9:
                self.write(10, data)
            if opcode == 2:
                return list(self.frames(data))

    @staticmethod
    def frames(message):
        while message:
            lane, length = struct.unpack("<II", message[:8])
            yield lane, message[8 : 8 + length]
            message = message[8 + length :]

    def cut(self):
        self.file.close()
        self.socket.close()


class Client:
    """One connection of one session; every lane's events in the order they came.

    A carrier is made of the server's address and what it says about itself, and can `send` a
    payload on a lane, `receive` some payloads with their lanes, and `cut` the connection.
    """

    def __init__(self, address, carrier, token=None, member=None):
        with urllib.request.urlopen(f"{address}/.well-known/chinwag", timeout=DEADLINE) as answer:
            about = json.load(answer)
        assert 1 in about["protocols"]
        self.carrier = carrier(urllib.parse.urlsplit(address), about)
        self.send, self.cut = self.carrier.send, self.carrier.cut
        self.lanes, self.last_lane = {0: []}, 0
        self.token = secrets.token_bytes(32)
        self.member = member or secrets.token_bytes(32)
        self.send(0, hello(token, self.token))
        self.welcome = self.expect(0, "welcome")

    def next(self, lane):
        while not self.lanes[lane]:
            for tag, payload in self.carrier.receive():
                self.lanes[tag].append(decode_event(payload))
        return self.lanes[lane].pop(0)

    def expect(self, lane, kind):
        """The next event, which is of this kind."""
        event = self.next(lane)
        assert event["kind"] == kind, f"no {kind} but {event}"
        return event

    def until(self, lane, kind):
        """The next event of this kind, past others."""
        while (event := self.next(lane))["kind"] != kind:
            pass
        return event

    def join(self, room, nick, cursor=None):
        self.last_lane += 1
        self.lanes[self.last_lane] = []
        self.send(self.last_lane, join(room, nick, self.member, cursor))
        return self.last_lane

    def ping(self, nonce):
        self.send(0, u32(2) + u64(nonce))
        assert self.expect(0, "pong")["nonce"] == nonce


def joins_and_chats(address, carrier):
    ann, bob = Client(address, carrier), Client(address, carrier)
    assert not ann.welcome["resumed"] and ann.welcome["limits"]["frameBytes"] == 65_536
    ann.ping(7)
    anns = ann.join("Outside", "Ann")
    assert ann.expect(anns, "notice")["text"] == "Welcome!"
    assert len(ann.expect(anns, "roster")["members"]) == 1
    joined = ann.expect(anns, "joined")
    bobs = bob.join("outside ", "Bob")
    assert bob.expect(bobs, "notice")["text"] == "Welcome!"
    assert [m["nick"] for m in bob.expect(bobs, "roster")["members"]] == ["Ann", "Bob"]
    assert bob.expect(bobs, "joined")["room"] == "Outside"
    change = ann.expect(anns, "presence")["change"]
    assert change["kind"] == "joined" and change["member"]["nick"] == "Bob"
    ann.send(anns, send_text(1, "Hello from outside 👋"))
    entry = ann.expect(anns, "entry")["entry"]
    assert entry["author"] == joined["you"]
    assert (entry["seat"], entry["number"]) == (joined["seat"], 1)
    assert ann.expect(anns, "ack")["number"] == 1
    assert bob.expect(bobs, "entry")["entry"] == entry
    return ann, anns, bob, bobs


def is_refused(address, carrier, ann, anns):
    ann.send(anns, send_text(2, "shit"))
    refused = ann.expect(anns, "refused")
    assert refused["number"] == 2 and refused["refusal"]["text"] == "Profanity is not allowed!"
    ann.send(anns, send_location(3, 91.0, 0.0))
    assert ann.expect(anns, "refused")["refusal"]["code"] == "notOnGlobe"
    ann.send(anns, send_text(9, "too soon"))
    refusal = ann.expect(anns, "refused")["refusal"]
    assert refusal["code"] == "numberSkipped" and refusal["retry"]
    stranger = Client(address, carrier)
    lane = stranger.join("OUTSIDE", "aNN")
    denied = stranger.expect(lane, "joinRefused")
    assert denied["refusal"]["text"] == "Username is in use!" and denied["suggestions"]
    lane = stranger.join("", " ")
    denied = stranger.expect(lane, "joinRefused")
    assert denied["refusal"]["text"] == "Username and room are required!"
    stranger.send(0, BYE)
    assert stranger.expect(0, "bye")["code"] == "goodbye"


def comes_back(address, carrier, ann, bob, bobs):
    epoch = ann.welcome["epoch"]
    ann.cut()
    for number in range(1, 6):
        bob.send(bobs, send_text(number, f"meanwhile {number}"))
        bob.until(bobs, "ack")
    ann = Client(address, carrier, ann.token, ann.member)
    assert ann.welcome["resumed"] and ann.welcome["epoch"] == epoch
    anns = ann.join("outside", "Ann", (epoch, 1))
    assert len(ann.expect(anns, "roster")["members"]) == 2
    joined = ann.expect(anns, "joined")
    assert joined["continues"] and [e["seq"] for e in joined["page"]["entries"]] == [2, 3, 4, 5, 6]
    assert joined["mark"]["number"] == 3
    assert [it["number"] for it in joined["mark"]["refused"]] == [2, 3]
    ann.send(anns, send_text(1, "Hello from outside 👋"))
    assert ann.expect(anns, "ack")["number"] == 1, "a retry is answered alike"
    ann.send(anns, send_location(4, 51.4779, -0.0015))
    assert ann.expect(anns, "entry")["entry"]["content"]["latitude"] == 51.4779
    return ann, anns


def pages_through_history(ann, anns):
    seqs, before, more = [], 1_000, True
    while more:
        ann.send(anns, history(before, 3))
        page = ann.until(anns, "history")["page"]
        seqs = [entry["seq"] for entry in page["entries"]] + seqs
        before, more = seqs[0], page["more"]
    assert seqs == list(range(1, 8)), seqs


def amends(ann, anns, bob, bobs):
    bob.send(bobs, react(6, 1, "👍", True))
    bob.until(bobs, "ack")
    bob.send(bobs, delete(7, 1))
    assert bob.until(bobs, "refused")["refusal"]["code"] == "notYours"
    ann.send(anns, edit(5, 1, "Hello again"))
    ann.until(anns, "ack")
    ann.send(anns, send_text(6, "And so say all of us", 1))
    ann.until(anns, "ack")
    ann.send(anns, look([99, 1]))
    (message,) = ann.until(anns, "looked")["page"]["entries"]
    assert message["content"]["body"] == "Hello again" and message["edited"] is not None
    assert [(it["emoji"], it["by"][0]["nick"]) for it in message["reactions"]] == [("👍", "Bob")]
    ann.send(anns, delete(7, 1))
    ann.until(anns, "ack")
    ann.send(anns, look([1, 9]))
    gone, edited = ann.until(anns, "looked")["page"]["entries"]
    assert gone["content"]["kind"] == "deleted" and not gone["reactions"]
    assert edited["content"]["kind"] == "emptied"


def main(address, carrier):
    ann, anns, bob, bobs = joins_and_chats(address, carrier)
    is_refused(address, carrier, ann, anns)
    ann, anns = comes_back(address, carrier, ann, bob, bobs)
    pages_through_history(ann, anns)
    amends(ann, anns, bob, bobs)
    ann.send(anns, LEAVE)
    ann.until(anns, "left")
    change = bob.until(bobs, "presence")["change"]
    assert change["kind"] == "left", change
    print("ok")


if __name__ == "__main__":
    main(sys.argv[1], WebSocket)
