#!/usr/bin/env python3
"""A bad mobile link without privileges: a TCP relay that delays, slows and cuts.

    relay.py --listen 127.0.0.1:0 --to HOST:PORT [--delay-ms 300] [--up-kbit 64] [--down-kbit 128]
             [--on-seconds 20 --off-seconds 10] [--cut close|blackhole|mixed] [--start up|down]
             [--seed N] [--control PATH]

"Up" is from who dials the relay to the hub. Prints "listening on HOST:PORT", then, when it ends by
SIGTERM or SIGINT, its counts as one line of JSON. All connections share the link, as phones share one
radio. While the link is off, `close` resets every connection and refuses new ones; `blackhole` keeps
them and moves nothing, and what was under way arrives afterwards. On the Unix socket PATH it takes
one word a line: up, down (both end the schedule), auto (resume it), cut (once), stats; each is answered
with the counts.
"""

import argparse
import asyncio
import dataclasses
import json
import random
import signal
import sys

CHUNK_BYTES = 1460       # a TCP segment: what one step of the rate limit moves
BACKLOG_SECONDS = 1.0    # how much may wait inside, as in a carrier's buffer


@dataclasses.dataclass
class Counts:
    up_bytes: int = 0
    down_bytes: int = 0
    connections: int = 0
    cut_connections: int = 0
    refused_connections: int = 0
    outages: int = 0


class Direction:
    """One half of the radio: what passes it waits for its turn, and then for the delay."""

    def __init__(self, kbit, delay_ms, count):
        self.bytes_per_second = kbit * 125 if kbit else None
        self.delay_seconds = delay_ms / 1000
        self.count = count
        self.free_at = 0.0

    def book(self, now, size):
        """When `size` bytes handed over now arrive at the other end."""
        start = max(now, self.free_at)
        self.free_at = start + (size / self.bytes_per_second if self.bytes_per_second else 0)
        return self.free_at + self.delay_seconds

    def overfull(self, now):
        return self.free_at - now > BACKLOG_SECONDS


class Relay:
    def __init__(self, options):
        self.options = options
        self.counts = Counts()
        self.random = random.Random(options.seed)
        self.up = asyncio.Event()
        self.auto = asyncio.Event()
        self.refusing = False
        self.writers = set()    # both ends of every connection
        self.dialled = set()    # the ends that came to us
        self.directions = {
            "up": Direction(options.up_kbit, options.delay_ms, "up_bytes"),
            "down": Direction(options.down_kbit, options.delay_ms, "down_bytes"),
        }

    # ---- the link's state ----

    def go_up(self):
        self.refusing = False
        self.up.set()

    def go_down(self):
        if not self.up.is_set():
            return
        self.counts.outages += 1
        closes = {"close": True, "blackhole": False}.get(self.options.cut)
        if closes is None:
            closes = self.random.random() < 0.5
        self.up.clear()
        if closes:
            self.refusing = True
            self.cut()

    def cut(self):
        for writer in list(self.writers):
            self.counts.cut_connections += writer in self.dialled
            writer.transport.abort()

    async def follow_schedule(self):
        while True:
            await self.auto.wait()
            await self.while_auto(self.options.on_seconds)
            if self.auto.is_set():
                self.go_down()
            await self.while_auto(self.options.off_seconds)
            if self.auto.is_set():
                self.go_up()

    async def while_auto(self, seconds):
        await asyncio.sleep(seconds * self.random.uniform(0.5, 1.5))

    # ---- connections ----

    async def accept(self, reader, writer):
        if self.refusing:
            self.counts.refused_connections += 1
            writer.transport.abort()
            return
        self.counts.connections += 1
        self.writers.add(writer)
        self.dialled.add(writer)
        try:
            await self.up.wait()
            host, _, port = self.options.to.rpartition(":")
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            self.drop(writer)
            return
        self.writers.add(far_writer)
        pumps = [
            asyncio.ensure_future(self.pump(reader, far_writer, self.directions["up"])),
            asyncio.ensure_future(self.pump(far_reader, writer, self.directions["down"])),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self.drop(writer)
        self.drop(far_writer)

    def drop(self, writer):
        self.writers.discard(writer)
        self.dialled.discard(writer)
        writer.transport.abort()

    async def pump(self, reader, writer, direction):
        """Ends with the stream, after what it still carried has arrived."""
        queue = asyncio.Queue()
        delivery = asyncio.ensure_future(self.deliver(queue, writer, direction))
        clock = asyncio.get_running_loop()
        try:
            while not delivery.done():
                chunk = await reader.read(CHUNK_BYTES)
                if not chunk:
                    break
                await queue.put((direction.book(clock.time(), len(chunk)), chunk))
                while direction.overfull(clock.time()) and not delivery.done():
                    await asyncio.sleep(direction.free_at - clock.time() - BACKLOG_SECONDS / 2)
            await queue.put(None)
            await delivery
        except OSError:
            pass
        finally:
            delivery.cancel()

    async def deliver(self, queue, writer, direction):
        clock = asyncio.get_running_loop()
        while (entry := await queue.get()) is not None:
            arrives_at, chunk = entry
            await asyncio.sleep(max(0.0, arrives_at - clock.time()))
            await self.up.wait()
            writer.write(chunk)
            setattr(self.counts, direction.count, getattr(self.counts, direction.count) + len(chunk))
            await writer.drain()

    # ---- control ----

    async def control(self, reader, writer):
        while line := await reader.readline():
            word = line.decode("ascii", "replace").strip()
            if word in ("up", "down"):
                self.auto.clear()
                self.go_up() if word == "up" else self.go_down()
            elif word == "auto" and self.options.on_seconds:
                self.auto.set()
            elif word == "cut":
                self.cut()
            writer.write((self.report() + "\n").encode())
            await writer.drain()
        writer.close()

    def report(self):
        return json.dumps({**dataclasses.asdict(self.counts), "up": self.up.is_set()})


async def run(options):
    relay = Relay(options)
    if options.start == "up":
        relay.go_up()
    else:
        relay.refusing = options.cut != "blackhole"
    host, _, port = options.listen.rpartition(":")
    server = await asyncio.start_server(relay.accept, host, int(port))
    if options.control:
        await asyncio.start_unix_server(relay.control, options.control)
    name = server.sockets[0].getsockname()
    print(f"listening on {name[0]}:{name[1]}", flush=True)
    schedule = asyncio.ensure_future(relay.follow_schedule())
    if options.on_seconds and options.start == "up":
        relay.auto.set()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    schedule.cancel()
    print(relay.report(), flush=True)


def main():
    parser = argparse.ArgumentParser(description="A TCP relay that delays, slows and cuts.")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--delay-ms", type=float, default=0, help="one way")
    parser.add_argument("--up-kbit", type=float, default=0, help="per second; 0: as fast as it goes")
    parser.add_argument("--down-kbit", type=float, default=0)
    parser.add_argument("--on-seconds", type=float, default=0, help="mean; 0: never cuts by itself")
    parser.add_argument("--off-seconds", type=float, default=10)
    parser.add_argument("--cut", choices=["close", "blackhole", "mixed"], default="close")
    parser.add_argument("--start", choices=["up", "down"], default="up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", metavar="PATH")
    options = parser.parse_args()
    try:
        asyncio.run(run(options))
    except OSError as error:
        print(f"relay: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
