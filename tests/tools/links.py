"""titip:// links as io/invitation.hh lays them out, so that tests can present wrong ones."""

import base64
import dataclasses
import hashlib
import secrets

SCHEME = "titip://"
KEY_BYTES = 32


@dataclasses.dataclass
class Link:
    host: str
    hub_key: bytes
    signing_key: bytes
    seed: bytes
    expires_seconds: int
    kind: int
    facility: str
    name: str

    def text(self):
        texts = b"".join(bytes([len(part.encode())]) + part.encode()
                         for part in (self.facility, self.name))
        body = (b"\x01" + self.hub_key + self.signing_key + self.seed
                + self.expires_seconds.to_bytes(8, "big") + bytes([self.kind]) + texts)
        blob = body + check_word(self.host, body)
        return SCHEME + self.host + "/" + base64.urlsafe_b64encode(blob).decode().rstrip("=")


def check_word(host, body):
    domain = b"titip invitation"
    hashed = hashlib.blake2b(bytes([len(domain)]) + domain + host.encode() + b"/" + body,
                             digest_size=16).digest()
    return hashed[:8][::-1][:4]     # the low half as a big-endian number, its first bytes


def parse(text):
    host, _, code = text.removeprefix(SCHEME).partition("/")
    blob = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    body = blob[:-4]
    if check_word(host, body) != blob[-4:]:
        raise ValueError("not a link as this module knows them")
    keys = [body[1 + KEY_BYTES * i:1 + KEY_BYTES * (i + 1)] for i in range(3)]
    rest = body[1 + KEY_BYTES * 3:]
    facility = rest[10:10 + rest[9]].decode()
    name = rest[10 + rest[9] + 1:].decode()
    return Link(host, *keys, int.from_bytes(rest[:8], "big"), rest[8], facility, name)


def invented(link):
    """The same hub, but a key that it has never given out."""
    return dataclasses.replace(link, seed=secrets.token_bytes(KEY_BYTES))


def of_another_hub(link):
    return dataclasses.replace(link, hub_key=secrets.token_bytes(KEY_BYTES))
