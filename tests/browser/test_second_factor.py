"""A code from the phone is asked for after the password, and nothing opens before."""

import base64

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from departments.choices import Role

from .conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("table")


def code_of(secret):
    return f"{totp(base64.b32decode(secret + '=' * (-len(secret) % 8))):06d}"


def test_from_setting_it_up_to_signing_in_with_it(person, sign_in):
    person("reviewer", Role.REVIEWER)
    first = sign_in("reviewer", at="/second-factor/")
    secret = first.locator("code").first.inner_text().strip()
    first.get_by_label("动态口令").fill(code_of(secret))
    first.get_by_role("button", name="启用").click()
    expect(first.get_by_text("恢复码").first).to_be_visible()
    TOTPDevice.objects.update(last_t=-1)  # the next code would be half a minute away

    later = sign_in()
    later.goto("/sign-in/?next=/overdue/")
    later.get_by_label("用户名").fill("reviewer")
    later.get_by_label("密码").fill(PASSWORD)
    later.get_by_role("button", name="登录").click()
    code = later.get_by_label("动态口令")
    expect(code).to_be_visible()
    elsewhere = later.context.new_page()
    elsewhere.goto("/dashboard/")
    assert "/sign-in/" in elsewhere.url
    code.fill(code_of(secret))
    later.get_by_role("button", name="确定").click()
    later.wait_for_url("**/overdue/")
