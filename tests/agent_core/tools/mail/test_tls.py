"""Lines to mail servers that others cannot read, with an authority of one's own."""

import ssl

import pytest
from pydantic import ValidationError

from agent_core.errors import MailError
from agent_core.tools.mail.accounts import Account
from agent_core.tools.mail.settings import MailSettings
from tests.peers.certificates import certificate
from tests.peers.mail import PASSWORD
from tests.peers.mail.imap import running_imap
from tests.peers.mail.smtp import open_smtp

WAYS = ["tls", "starttls"]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("ours"), "localhost")


@pytest.fixture(scope="module")
def imap_over_tls(ours):
    with running_imap(ours) as server:
        yield server


def account(**given):
    return Account.of(
        "post",
        MailSettings.model_validate({"sender": "nod@example.org", "user": "nod", "password": PASSWORD, **given}),
    )


@pytest.fixture(params=WAYS)
async def secure_smtp(request, ours):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours)
    async with open_smtp(context, at_once=request.param == "tls") as server:
        yield {"host": "localhost", "port": server.port, "security": request.param}


@pytest.fixture(params=WAYS)
def secure_imap(request, imap_over_tls):
    port = imap_over_tls.tls_port if request.param == "tls" else imap_over_tls.port
    return {"host": "localhost", "port": port, "security": request.param}


async def test_smtp_signs_in_over_tls_with_the_authority_that_is_named(secure_smtp, ours):
    await account(smtp=secure_smtp, ca=ours).out.check()


async def test_smtp_tells_no_password_to_a_server_that_nobody_vouches_for(secure_smtp):
    with pytest.raises(MailError, match="post: its certificate cannot be trusted"):
        await account(smtp=secure_smtp).out.check()


def test_imap_signs_in_over_tls_with_the_authority_that_is_named(secure_imap, ours):
    account(imap=secure_imap, ca=ours).into.check()


def test_imap_tells_no_password_to_a_server_that_nobody_vouches_for(secure_imap):
    with pytest.raises(MailError, match="post: its certificate cannot be trusted"):
        account(imap=secure_imap).into.check()


async def test_a_server_that_has_another_name_is_not_trusted(secure_smtp, ours):
    with pytest.raises(MailError, match="its certificate cannot be trusted"):
        await account(smtp={**secure_smtp, "host": "127.0.0.1"}, ca=ours).out.check()


def test_a_file_that_is_no_certificate_is_told(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing of that kind")

    with pytest.raises(ValidationError, match="it is no certificate in PEM form"):
        account(ca=tmp_path / "ca.pem")
