#!/usr/bin/env python3
"""A bad network between two hosts on one machine, for UDP and TCP alike (needs root, iproute2 and /dev/net/tun).

Two network namespaces, NAME-a (10.77.0.1) and NAME-b (10.77.0.2), are joined by two TUN devices; this process carries
every packet between them, late, and not all of them. It stands in for `tc netem`, whose kernel module is not everywhere.
Prints "ready" when the link is up. SIGUSR1 drops all UDP from then on, SIGUSR2 lets it pass again. Ends by itself after
so many seconds, or when the process that started it has ended, and takes both namespaces along.
"""
import argparse
import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import time

TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001  # linux/if_tun.h
UDP = 17  # the protocol's number, at byte 9 of an IPv4 header
LOOK = 0.05  # seconds between two looks at the clock


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument("--delay-ms", type=float, default=0)
    parser.add_argument("--jitter-ms", type=float, default=0, help="up to so much more for each packet; it reorders")
    parser.add_argument("--loss", type=float, default=0, help="share of packets lost each way, 0 to 1")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def host(namespace, device, address):
    """Makes a namespace with a TUN device in it; returns the device's file descriptor."""
    subprocess.check_call(["ip", "netns", "add", namespace])
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22s", device.encode(), IFF_TUN_NO_PI, b""))
    subprocess.check_call(["ip", "link", "set", device, "netns", namespace])
    for words in ("link set lo up", f"addr add {address} dev {device}", f"link set {device} mtu 1500 up"):
        subprocess.check_call(["ip", "-n", namespace, *words.split()])
    return fd


class Link:
    """The packets under way between two devices."""

    def __init__(self, options, ends):
        self.options, self.other = options, {ends[0]: ends[1], ends[1]: ends[0]}
        self.chance = random.Random(options.seed)
        self.udp_passes = True
        self.under_way, self.count = [], 0

    def take(self, fd):
        """Takes what a device sends, a bounded number of packets at a time."""
        for _ in range(64):
            try:
                packet = os.read(fd, 2048)
            except BlockingIOError:
                return
            if self.chance.random() < self.options.loss or (packet[9] == UDP and not self.udp_passes):
                continue
            self.count += 1
            delay = self.options.delay_ms + self.chance.random() * self.options.jitter_ms
            heapq.heappush(self.under_way, (time.monotonic() + delay / 1000, self.count, self.other[fd], packet))

    def deliver(self):
        while self.under_way and self.under_way[0][0] <= time.monotonic():
            _, _, fd, packet = heapq.heappop(self.under_way)
            try:
                os.write(fd, packet)
            except OSError:
                pass  # the device is full or down: lost, as on any link

    def run(self, end):
        parent = os.getppid()
        while time.monotonic() < end and os.getppid() == parent:
            wait = self.under_way[0][0] - time.monotonic() if self.under_way else LOOK
            for fd in select.select(list(self.other), [], [], min(max(wait, 0), LOOK))[0]:
                self.take(fd)
            self.deliver()


def main():
    options = arguments()
    names = [f"{options.name}-{side}" for side in "ab"]
    tag = f"{os.getpid():x}"
    try:
        ends = [host(name, f"cw{tag}{side}", f"10.77.0.{side}/24") for side, name in enumerate(names, 1)]
        link = Link(options, ends)

        def pass_udp(signum, _frame):
            link.udp_passes = signum == signal.SIGUSR2

        for number in (signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, pass_udp)
        signal.signal(signal.SIGTERM, lambda *_: exit(0))
        print("ready", flush=True)
        link.run(time.monotonic() + options.seconds)
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
