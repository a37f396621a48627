"""Base of the pages on which a waiting report or request is answered."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import View

from tasks.models import Assignment


class Answer(NamedTuple):
    """One answer: its form, the service that gives it, the message afterwards, and its button."""

    form_class: type
    service: Callable
    message: Callable[[object, object], str]
    """Called with the subject, as read before the answer, and what the service returned."""

    url: str = ""
    button: str = ""
    icon: str = ""
    button_class: str = ""
    fields: str = "tasks/answering/_fields.html"


class AnswerPage(LoginRequiredMixin, View):
    """Page of a report or request (`subject`) with its requirement, evidence, history and the forms to answer it.

    A GET shows it. A POST to the URL of an answer gives the answer and redirects to the next waiting subject; a refused
    answer renders the current state again, with the values that were entered.
    """

    template_name = None
    subject_name = "report"
    list_name = page_name = ""
    answers = {}  # `{name: Answer}`; the template has each form as `<name>_form`
    given = ""
    """The name of the answer that the URL gives, empty for the page itself."""

    @classmethod
    def page(cls):
        """Return the view that shows the page."""
        return cls.as_view(http_method_names=["get", "head"])

    @classmethod
    def to(cls, answer=""):
        """Return the view that takes the answer of this name."""
        return cls.as_view(http_method_names=["post"], given=answer)

    def fetch(self, pk):
        """Return the subject. Raises `Http404` where the user may not see it."""
        raise NotImplementedError

    def guard(self, subject):
        """Raise `PermissionDenied` where the user may not give answers of this kind."""

    def waiting(self):
        """Return the other subjects that wait for this user, the longest waiting first."""
        raise NotImplementedError

    def is_offered(self, subject):
        """Return whether the page shows the answers; after a refused one it always does."""
        raise NotImplementedError

    def why_not(self, subject):
        """Return why this user may not answer, as Chinese text; empty where they may."""
        raise NotImplementedError

    def is_possible(self, name, duty):
        """Return whether the answer is possible in the current state of the duty."""
        return True

    def get_context(self, subject, duty):
        """Return further template context."""
        return {}

    def get(self, request, pk):
        return self.show(self.fetch(pk))

    def post(self, request, pk):
        subject = self.fetch(pk)
        self.guard(subject)
        answer = self.answers[self.given]
        form = self.bind(answer, subject)
        if not form.carry_out(answer.service, subject, by=request.user):
            return self.show(self.fetch(pk), form)
        messages.success(request, answer.message(subject, form.outcome))
        return self.go_on(subject)

    def bind(self, answer, subject):
        """Return the bound form of the answer."""
        return answer.form_class(self.request.POST)

    def go_on(self, subject):
        """Redirect to the next waiting subject, or to the list."""
        following = self.waiting().first()
        return redirect(self.page_name, pk=following.pk) if following else redirect(self.list_name)

    def show(self, subject, refused=None):
        """Render the page; `refused` is the bound form of a refused answer."""
        forms = {name: answer.form_class.of(subject) for name, answer in self.answers.items()}
        if refused:
            refused.renew(subject)
            forms[self.given] = refused
        duty = self._duty(subject)
        shown = [name for name, answer in self.answers.items() if answer.button]
        context = {
            self.subject_name: subject,
            "subject": subject,
            "duty": duty,
            "task": duty.task,
            **{f"{name}_form": form for name, form in forms.items()},
            "is_offered": self.is_offered(subject) or (refused is not None and self.given in shown),
            "why_not": self.why_not(subject),
            "refused": refused if self.given in shown else None,
            **self.get_context(subject, duty),
        }
        possible = [name for name in shown if self.is_possible(name, duty) or (refused and name == self.given)]
        context["answers"] = [self._answer_context(name, forms[name], subject) for name in possible]
        return render(self.request, self.template_name, context, status=refused.status if refused else 200)

    def _duty(self, subject):
        seen = Assignment.objects.visible_to(self.request.user).with_light().for_lists().select_related("plan")
        return get_object_or_404(seen, pk=subject.assignment_id)

    def _answer_context(self, name, form, subject):
        """Return the template context of one answer."""
        answer = self.answers[name]
        return {
            "name": name,
            "form": form,
            "action": reverse(answer.url, args=[subject.pk]),
            "button": self.button(name, answer, subject),
            "icon": answer.icon,
            "button_class": answer.button_class,
            "fields": answer.fields,
        }

    def button(self, name, answer, subject):
        """Return the label of the answer's button."""
        return answer.button
