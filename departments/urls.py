"""URLs of sign-in, sessions, the unit's settings and the import of units."""

from django.urls import path

from departments.sign_in.views import login, proof, second_factor, sessions

from .views import confirmations, imports, own_unit, registration

app_name = "departments"

urlpatterns = [
    path("units/import/", imports.start, name="import"),
    path("units/import/template/", imports.template, name="import-template"),
    path("units/import/<int:pk>/", imports.detail, name="import-file"),
    path("units/import/<int:pk>/take/", imports.take, name="import-take"),
    path("units/import/<int:pk>/passwords/", imports.passwords, name="import-passwords"),
    path("people/confirmations/", confirmations.listing, name="confirmations"),
    path("people/confirmations/<int:pk>/confirm/", confirmations.confirm, name="confirm-grant"),
    path("people/confirmations/<int:pk>/refuse/", confirmations.refuse, name="refuse-grant"),
    path("people/confirmations/<int:pk>/withdraw/", confirmations.withdraw, name="withdraw-grant"),
    path("people/<int:pk>/confirm-owner/", confirmations.confirm_owner, name="confirm-owner"),
    path("people/<int:pk>/password/", confirmations.give_password, name="give-password"),
    path("people/<int:pk>/link/", confirmations.send_link, name="send-link"),
    path("unit/", own_unit.own_unit, name="own-unit"),
    path("unit/deputies/", own_unit.stand_in, name="stand-in"),
    path("unit/deputies/<int:pk>/end/", own_unit.end_stand_in, name="end-stand-in"),
    path("sign-in/", login.Login.as_view(), name="sign-in"),
    path("sign-in/code/", second_factor.code, name="code"),
    path("second-factor/", second_factor.page, name="second-factor"),
    path("second-factor/codes/", second_factor.renew_codes, name="recovery-codes"),
    path("second-factor/off/", second_factor.switch_off, name="second-factor-off"),
    path("sessions/", sessions.listing, name="sessions"),
    path("sessions/failures/<int:pk>/lift/", sessions.lift, name="lift-lock"),
    path("sessions/<int:pk>/end/", sessions.end, name="end-session"),
    path("sessions/people/<int:pk>/end/", sessions.end_all, name="end-sessions"),
    path("sign-out/", login.Logout.as_view(), name="sign-out"),
    path("register/", registration.register, name="register"),
    path("prove/", proof.page, name="prove"),
    path("password/", login.PasswordChange.as_view(), name="password"),
]
