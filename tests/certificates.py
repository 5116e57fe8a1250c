"""Certificates of this machine, which nobody vouches for but whoever is handed them."""

import shutil
import ssl
import subprocess

import pytest


def make(folder):
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    made = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    named = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    kept = ("-keyout", folder / "key.pem", "-out", folder / "cert.pem")
    subprocess.run(["openssl", *made, *named, *kept], check=True, capture_output=True)
    return folder


def theirs(folder):
    """Of a server that shows it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def ours(folder):
    """Of a client that trusts it."""
    return ssl.create_default_context(cafile=folder / "cert.pem")
