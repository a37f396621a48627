"""Addresses of signing in and out."""

from django.urls import path

from .views import people

app_name = "departments"

urlpatterns = [
    path("sign-in/", people.SignIn.as_view(), name="sign-in"),
    path("sign-out/", people.SignOut.as_view(), name="sign-out"),
    path("password/", people.PasswordChange.as_view(), name="password"),
]
