"""How something that waits is answered: one page beside the requirement, a form for each answer, then the next."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import View

from tasks.models import Assignment


class Answer(NamedTuple):
    """One answer: its form, the service that gives it, what is said then, and how its button looks."""

    form_class: type
    service: Callable
    said: Callable[[object, object], str]
    """Takes what was answered, as it was read before, and what the service returned."""

    url: str = ""
    button: str = ""
    icon: str = ""
    look: str = ""
    fields: str = "tasks/answering/_fields.html"


class AnswerPage(LoginRequiredMixin, View):
    """What waits (`subject`: a report, a request), its requirement, evidence and history, and the forms to answer it.

    A GET shows it. A POST to the address of an answer gives it and goes on to the next that waits; where it is refused,
    the page shows what now stands, with what was typed.
    """

    template_name = None
    subject_name = "report"
    list_name = page_name = ""
    answers = {}  # by name; the page has each form as `<name>_form`
    given = ""
    """The name of the answer that the address stands for, empty for the page itself."""

    @classmethod
    def page(cls):
        """Return the view that shows the page."""
        return cls.as_view(http_method_names=["get", "head"])

    @classmethod
    def to(cls, answer=""):
        """Return the view that takes an answer."""
        return cls.as_view(http_method_names=["post"], given=answer)

    def fetch(self, pk):
        """Return what is answered, 404 where the person may not see it."""
        raise NotImplementedError

    def guard(self, subject):
        """Raise `PermissionDenied` where the person answers nothing of this kind."""

    def waiting(self):
        """Return what else waits for this person, the longest first."""
        raise NotImplementedError

    def is_offered(self, subject):
        """Return whether the page shows the answers; it always does where one was refused."""
        raise NotImplementedError

    def why_not(self, subject):
        """Return the sentence that says why this person may not answer, empty where they may."""
        raise NotImplementedError

    def is_possible(self, name, duty):
        """Return whether the answer can be given as the duty stands."""
        return True

    def get_context(self, subject, duty):
        """Return what else the page shows."""
        return {}

    def get(self, request, pk):
        """Show the page."""
        return self.show(self.fetch(pk))

    def post(self, request, pk):
        """Give the answer."""
        subject = self.fetch(pk)
        self.guard(subject)
        answer = self.answers[self.given]
        form = self.bind(answer, subject)
        if not form.carry_out(answer.service, subject, by=request.user):
            return self.show(self.fetch(pk), form)
        messages.success(request, answer.said(subject, form.outcome))
        return self.go_on(subject)

    def bind(self, answer, subject):
        """Return the answer's form as it was posted."""
        return answer.form_class(self.request.POST)

    def go_on(self, subject):
        """Go on to the next that waits, or back to the list."""
        following = self.waiting().first()
        return redirect(self.page_name, pk=following.pk) if following else redirect(self.list_name)

    def show(self, subject, refused=None):
        """Return the page; `refused` is the form that was not carried out."""
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
        possible = [name for name in shown if self.is_possible(name, duty)]
        context["answers"] = [self._drawn(name, forms[name], subject) for name in possible]
        return render(self.request, self.template_name, context, status=refused.status if refused else 200)

    def _duty(self, subject):
        seen = Assignment.objects.visible_to(self.request.user).with_light().for_lists().select_related("plan")
        return get_object_or_404(seen, pk=subject.assignment_id)

    def _drawn(self, name, form, subject):
        """Return an answer as the template draws it."""
        answer = self.answers[name]
        return {
            "name": name,
            "form": form,
            "action": reverse(answer.url, args=[subject.pk]),
            "button": self.button(name, answer, subject),
            "icon": answer.icon,
            "look": answer.look,
            "fields": answer.fields,
        }

    def button(self, name, answer, subject):
        """Return the words on the answer's button."""
        return answer.button
