"""Digest authentication: the answer to a server's challenge, without sending the password.

Source: https://www.rfc-editor.org/rfc/rfc7616
"""

import hashlib
import re
import secrets

from rehabgraph.graph.endpoint.address import Credentials

_PAIR = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def answer_challenge(
    challenge: str, credentials: Credentials, method: str, target: str, client: str = ""
) -> str | None:
    """Return the Authorization header that answers a challenge; None for one it cannot answer.

    Args:
        challenge: the value of WWW-Authenticate.
        credentials: who asks.
        method: the request's method.
        target: path and query of the request.
        client: the client's own random text; made when left out.
    """
    kind, _, rest = challenge.strip().partition(" ")
    if kind.lower() != "digest":
        return None
    given = {m[1].lower(): m[2] if m[2] is not None else m[3] for m in _PAIR.finditer(rest)}
    name = given.get("algorithm", "MD5").upper()
    if name not in _HASHES or not {"realm", "nonce"} <= given.keys():
        return None
    qop = "auth" if "auth" in re.split(r"[\s,]+", given.get("qop", "")) else ""
    if given.get("qop") and not qop:
        return None

    def digest(text: str) -> str:
        return _HASHES[name](text.encode()).hexdigest()

    client = client or secrets.token_hex(8)
    one = digest(f"{credentials.user}:{given['realm']}:{credentials.password}")
    two = digest(f"{method}:{target}")
    middle = f"{given['nonce']}:00000001:{client}:{qop}" if qop else given["nonce"]
    fields = {
        "username": credentials.user.replace("\\", "\\\\").replace('"', '\\"'),
        "realm": given["realm"],
        "nonce": given["nonce"],
        "uri": target,
        "response": digest(f"{one}:{middle}:{two}"),
    }
    if "opaque" in given:
        fields["opaque"] = given["opaque"]
    text = ", ".join(f'{key}="{value}"' for key, value in fields.items())
    text += f", algorithm={name}"
    return "Digest " + text + (f', qop={qop}, nc=00000001, cnonce="{client}"' if qop else "")
