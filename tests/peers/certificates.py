"""Certificates for servers of the tests."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def certificate(folder, name):
    """A certificate for a name, signed by itself, and its key: both in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _written(folder, name, _made((name,), key, name, key, authority=True), key)


def issued(folder, *names):
    """An authority, and a certificate for the names that it signed, with its key: two files."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    signer = "an authority of the test"
    own = _made((signer,), authority, signer, authority, authority=True)
    made = _made(names, key, signer, authority, authority=False)
    return _written(folder, "authority", own, authority), _written(folder, names[0], made, key)


def _made(names, key, signer, signing, *, authority):
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(names[0]))
        .issuer_name(_name(signer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signing, hashes.SHA256())
    )


def _name(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _written(folder, name, made, key):
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path
