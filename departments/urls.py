"""URLs of sign-in, sessions, the unit's settings and the import of units."""

from django.urls import path

from departments.sign_in.views import login, proof, second_factor, sessions

from .views import (
    confirmations,
    imports,
    memberships,
    office_contact,
    own_unit,
    people,
    postings,
    registration,
    units,
)

app_name = "departments"

urlpatterns = [
    path("units/import/", imports.start, name="import"),
    path("units/import/template/", imports.template, name="import-template"),
    path("units/import/<int:pk>/", imports.detail, name="import-file"),
    path("units/import/<int:pk>/take/", imports.take, name="import-take"),
    path("units/import/<int:pk>/passwords/", imports.passwords, name="import-passwords"),
    path("units/new/", units.add, name="add-unit"),
    path("units/<int:pk>/edit/", units.edit, name="edit-unit"),
    path("units/<int:pk>/retire/", units.retire, name="retire-unit"),
    path("units/<int:pk>/restore/", units.restore, name="restore-unit"),
    path("people/", people.listing, name="people"),
    path("people/new/", people.add, name="add-person"),
    path("people/contact/", office_contact.edit, name="office-contact"),
    path("people/<int:pk>/", people.detail, name="person"),
    path("people/<int:pk>/rights/", people.change_rights, name="change-rights"),
    path("people/<int:pk>/move/", postings.move, name="move-person"),
    path("people/<int:pk>/close/", postings.close, name="close-person"),
    path("people/<int:pk>/reopen/", postings.reopen, name="reopen-person"),
    path("people/<int:pk>/forget/", postings.forget, name="forget-person"),
    path("people/<int:pk>/second-factor/", postings.reset_second_factor, name="reset-second-factor"),
    path("people/<int:pk>/memberships/", memberships.give, name="give-membership"),
    path("memberships/<int:pk>/end/", memberships.end, name="end-membership"),
    path("memberships/<int:pk>/confirm/", memberships.confirm, name="confirm-membership"),
    path("memberships/<int:pk>/refuse/", memberships.refuse, name="refuse-membership"),
    path("memberships/switch/", memberships.switch, name="switch-membership"),
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
