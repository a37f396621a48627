"""Connection to the mail server, shared by many mails, and the meaning of the server's replies."""

import smtplib
from contextlib import suppress

from django.core.mail import get_connection

RECIPIENT_REFUSED = "收件人地址被邮件服务器拒收（{code}）。"
RECIPIENT_PUT_OFF = "邮件服务器暂时不接收该收件人的邮件（{code}）。"
SENDER_REFUSED = "邮件服务器不接受发件人地址（{code}）。"
CONTENT_REFUSED = "邮件服务器没有收下这封邮件（{code}）。"
TOO_SLOW = "邮件服务器没有在规定时间内应答。"
BROKEN = "与邮件服务器的连接中断。"
NOT_MADE = "邮件无法生成，请核对收件人的电子邮箱。"
NO_LOGIN = "邮件服务器不接受系统的登录账号。"
NOBODY_THERE = "无法连接邮件服务器。"


class Unreachable(Exception):
    """No connection could be opened, so no mail was tried; the message has no addresses or passwords."""


class Setback(Exception):
    """The mail was not accepted now and is to be retried; `is_general` where the mail is not the cause."""

    def __init__(self, words, *, is_general=False):
        super().__init__(words)
        self.is_general = is_general


class Refusal(Exception):
    """The recipient was refused permanently."""


class Postman:
    """Context manager that sends mails over one connection, reopened after an error."""

    def __init__(self):
        self._line = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.hang_up()

    def reach(self):
        """Open the connection unless it is open. Raises `Unreachable`."""
        if self._line:
            return
        self._line = get_connection()
        try:
            self._line.open()
        except smtplib.SMTPAuthenticationError as error:
            self.hang_up()
            raise Unreachable(NO_LOGIN) from error
        except TimeoutError as error:
            self.hang_up()
            raise Unreachable(TOO_SLOW) from error
        except OSError as error:  # includes all errors of smtplib and ssl
            self.hang_up()
            raise Unreachable(TOO_SLOW if _timed_out(error) else NOBODY_THERE) from error

    def hand_over(self, message):
        """Send one mail over the open connection. Closes it and raises `Setback` or `Refusal` on failure."""
        try:
            self._line.send_messages([message])
        except (OSError, ValueError) as error:
            self.hang_up()
            raise _meaning(error) from error

    def hang_up(self):
        """Close the connection in any state."""
        line, self._line = self._line, None
        if line:
            with suppress(OSError):
                line.close()


def _meaning(error):
    """Return the exception for an error of the mail server; its text is ours, as the server's may contain addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        return Refusal(RECIPIENT_REFUSED.format(code=code)) if code >= 500 else _put_off(code)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Setback(SENDER_REFUSED.format(code=error.smtp_code), is_general=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return Setback(CONTENT_REFUSED.format(code=error.smtp_code))
    if isinstance(error, OSError):
        return Setback(TOO_SLOW if _timed_out(error) else BROKEN, is_general=True)
    return Setback(NOT_MADE)


def _put_off(code):
    return Setback(RECIPIENT_PUT_OFF.format(code=code))


def _timed_out(error):
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
