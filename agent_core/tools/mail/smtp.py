"""Sends a letter by SMTP, and says what is known of it when something goes wrong."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib

from agent_core.errors import MailError, MailUncertain
from agent_core.i18n import N_, Phrase
from agent_core.tools.mail.settings import SMTP_PORT, SMTP_TLS_PORT, MailSettings, Security, ServerSettings

SECONDS = 60.0  # for each answer of a server
_REFUSAL = 400  # codes from here on say that it was not taken (RFC 5321, 4.2.1)


@dataclass(frozen=True)
class Sender:
    """The way out of one connection. `tls` checks certificates in the place of the usual authorities."""

    name: str
    settings: MailSettings
    server: ServerSettings
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    async def send(self, message: EmailMessage, recipients: Sequence[str]) -> Sequence[str]:
        """Hand a letter over and return the recipients that the server refused, with its words.

        Raises:
            MailError: it was not sent.
            MailUncertain: no answer came to the letter itself.
        """
        client = await self._signed_in()
        try:
            sender = message["From"].addresses[0].addr_spec
            refused, _ = await client.sendmail(sender, [*recipients], message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            said = "; ".join(f"{each.recipient}: {each.message}" for each in error.recipients)
            raise self._failed(Phrase(N_("it takes no mail for these: {said}"), said=said)) from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code < _REFUSAL:  # what came was no answer at all
                raise MailUncertain(name=self.name) from error
            raise self._failed(Phrase(N_("it refused the mail: {said}"), said=error.message)) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise MailUncertain(name=self.name) from error
        finally:
            client.close()
        return [f"{address}: {answer.message}" for address, answer in refused.items()]

    async def check(self) -> None:
        """Sign in. Raises MailError."""
        (await self._signed_in()).close()

    async def _signed_in(self) -> aiosmtplib.SMTP:
        security = self.server.kept
        client = aiosmtplib.SMTP(
            hostname=self.server.host,
            port=self.server.port or (SMTP_TLS_PORT if security is Security.TLS else SMTP_PORT),
            use_tls=security is Security.TLS,
            start_tls=security is Security.STARTTLS,
            timeout=SECONDS,
            tls_context=self.tls,
        )
        try:
            await client.connect()
            await client.login(self.settings.user, self.settings.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise self._failed(N_("it does not accept the user and password of this connection.")) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            if _is_distrust(error):
                raise self._failed(N_("its certificate cannot be trusted.")) from error
            pattern = N_("no connection to {host} came about ({kind}).")
            raise self._failed(Phrase(pattern, host=self.server.host, kind=type(error).__name__)) from error
        return client

    def _failed(self, reason: str | Phrase) -> MailError:
        return MailError(name=self.name, reason=reason)


def _is_distrust(error: BaseException | None) -> bool:
    """Say whether it was a certificate: aiosmtplib wraps that when TLS comes first."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
