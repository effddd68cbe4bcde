"""Certificates and their authorities, made by the openssl program for one test."""

import subprocess
from pathlib import Path

_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
EVERYWHERE = "DNS:localhost,IP:127.0.0.1,IP:::1"


class Certificate:
    """Two PEM files: what is shown and its key."""

    def __init__(self, certificate, key):
        self.certificate = Path(certificate)
        self.key = Path(key)


class Authority:
    def __init__(self, directory, name="authority"):
        self._directory = Path(directory)
        self._name = name
        self._issued = 0
        self.certificate = self._directory / f"{name}.pem"
        self._key = self._directory / f"{name}.key"
        _openssl("req", "-x509", *_NEW_KEY, "-nodes", "-keyout", self._key, "-out", self.certificate,
                 "-subj", f"/CN={name}", "-days", "2")

    def issue(self, names=EVERYWHERE, days=2, passphrase=None):
        """A certificate for `names` (as openssl.cnf writes them); days=-1: one that has expired."""
        self._issued += 1
        stem = self._directory / f"{self._name}-{self._issued}"
        made = Certificate(f"{stem}.pem", f"{stem}.key")
        request, names_file = Path(f"{stem}.csr"), Path(f"{stem}.names")
        names_file.write_text(f"subjectAltName={names}\n")
        secret = ["-passout", f"pass:{passphrase}"] if passphrase else ["-nodes"]
        _openssl("req", *_NEW_KEY, *secret, "-keyout", made.key, "-out", request, "-subj", "/CN=node")
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-CAcreateserial", "-days", days, "-extfile", names_file, "-out", made.certificate)
        return made


def _openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"openssl {words} failed:\n{done.stderr}")
