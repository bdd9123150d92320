#!/usr/bin/env python3
"""How long a backlog takes over a bad link, beside the same lines as one zstd -19 file in the same run.

    TITIP_BIN=build/release/bin tests/bench/drain.py [--profile 2g|3g] [--events N] [--runs N]

The link is tests/tools/relay.py: delay, rate and outages, no loss. Bytes are TCP payload in both directions as
the relay counts them, without TCP/IP headers: on a real link each 1,460 bytes cost 40 more, and 40 for an
acknowledgement. The agent's time includes its CURVE handshake and ends with the hub's last receipt; the file's
ends with one byte back.
"""

import argparse
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import nodes  # noqa: E402

PROFILES = {
    "2g": ["--delay-ms", 300, "--up-kbit", 64, "--down-kbit", 128],
    "3g": ["--delay-ms", 100, "--up-kbit", 384, "--down-kbit", 384,
           "--on-seconds", 20, "--off-seconds", 10],
}


def payload(relay):
    counts = relay.say("stats")
    return counts["up_bytes"] + counts["down_bytes"]


def drain(folder, profile, lines):
    """Seconds and bytes until the hub holds every line."""
    hub = nodes.Hub(folder / "hub").start("info")
    agent = nodes.Agent(folder / "agent")
    agent.join(hub.invite("K9404001", "Posyandu Melati"))
    agent.put(lines)
    relay = nodes.Relay(hub.endpoint, folder / "agent.control", *PROFILES[profile])
    began = time.monotonic()
    agent.through(relay.address).start("info")
    agent.daemon.wait_for_line("the hub holds everything", seconds=900)
    took = time.monotonic() - began
    used = payload(relay)
    agent.stop()
    hub.stop()
    relay.stop()
    return took, used


def receive_file(listener):
    peer, _ = listener.accept()
    with peer:
        while peer.recv(65536):
            pass
        peer.sendall(b"!")


def send_file(folder, profile, data):
    """Seconds and bytes until the far end says that it has the whole file."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        relay = nodes.Relay(f"tcp://127.0.0.1:{port}", folder / "file.control", *PROFILES[profile])
        server = threading.Thread(target=receive_file, args=(listener,))
        server.start()
        host, relay_port = relay.address.split(":")
        began = time.monotonic()
        with socket.create_connection((host, int(relay_port))) as sender:
            sender.sendall(data)
            sender.shutdown(socket.SHUT_WR)
            sender.recv(1)
        took = time.monotonic() - began
        used = payload(relay)
        server.join()
        relay.stop()
    return took, used


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=PROFILES, default="2g")
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    ratios = []
    for run in range(options.runs):
        lines = nodes.generate("K9404001", options.seed + run, options.events)
        text = "".join(line + "\n" for line in lines).encode()
        packed = subprocess.run(["zstd", "-19", "-q", "-c"], input=text, capture_output=True, check=True).stdout
        with tempfile.TemporaryDirectory() as folder:
            took, used = drain(pathlib.Path(folder), options.profile, lines)
            file_took, file_used = send_file(pathlib.Path(folder), options.profile, packed)
        ratios.append(took / file_took)
        print(f"{options.profile}, {options.events} events: Titip {took:.1f} s, {used / options.events:.1f} bytes "
              f"an event; zstd -19 file {file_took:.1f} s, {file_used / options.events:.1f} bytes; "
              f"ratio of times {took / file_took:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
