"""Steps on many rows at once: a preview of the result for each row, then, once confirmed, the results."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from tasks.services import bulk
from wenshang_disclosure.core.web.errors import require

from .origin import Origin

MAX_NAMED = 10  # in one message


def in_short(names):
    """Return names in one line: all of up to `MAX_NAMED`, otherwise the first ones."""
    return "、".join(names[:MAX_NAMED]) + ("等" if len(names) > MAX_NAMED else "")


class StepForMany(LoginRequiredMixin, View):
    """Base view of a step on many rows; a subclass sets its service, form, permission and columns.

    The first POST has the selected rows and renders the preview; with `confirm` the step is taken for each row.
    """

    http_method_names = ["post"]
    name = permission = ""
    service = form_class = None
    measure, noun = "项", "事项"
    url_name = list_name = list_title = ""
    columns = results_columns = ()
    cells = ""  # template of the cells of a row before the cell of its result
    fields = "tasks/answering/_fields.html"
    confirm_template = "tasks/bulk/confirm.html"
    hint = ""
    beside = ""  # template of what stands below the rows of the confirming page
    ready = "将{name}"
    button, icon, button_class = "确定{name}{n}{measure}", "send", "btn-primary"
    done_heading, left_heading = "{name}：已办理{n}{measure}", "，未办理{n}{measure}"
    done_word = "已{name}"
    goes_back = False
    """Whether a step that was taken for all rows leads back to the list at once, with a message that names them."""

    def choose(self):
        """Return the selected rows that the user may see. Raises `Refused` where there are none."""
        raise NotImplementedError

    def carried(self, rows):
        """Return `(name, value)` of the hidden fields by which the confirming form identifies its rows."""
        raise NotImplementedError

    def obstacle(self, row):
        """Return why the step is not possible for the row, as Chinese text; empty where it is."""
        return ""

    def rehearse(self, rows, given):
        """Return the expected `Result` of each row; `given` is the cleaned data of the form so far."""
        return [bulk.Result(row, self.obstacle(row)) for row in rows]

    def take(self, row, given):
        return self.service(row, by=self.request.user, **given)

    def summary(self, results):
        """Return the text above the preview."""
        ready = sum(not result.error for result in results)
        return f"所选{len(results)}{self.measure}，其中{ready}{self.measure}{self.ready.format(name=self.name)}"

    def left_out(self, results):
        """Return the text on rows that are missing from the results."""
        return ""

    def default_query(self):
        """Return the query of the list to go back to where the form does not say from which it came."""
        return QueryDict()

    @cached_property
    def origin(self):
        """Return the list from which the rows were selected."""
        return Origin.of(self.request) or Origin(reverse(self.list_name), self.default_query(), self.list_title)

    def which(self, row):
        """Return what names the row in a message."""
        raise NotImplementedError

    def get_form(self):
        """Return the form, bound where the POST comes from the confirming page."""
        return self.form_class(self.request.POST if {"confirm", "preview"} & self.request.POST.keys() else None)

    def get_context(self, results):
        """Return further context of the confirming page."""
        return {}

    def post(self, request, *args, **kwargs):
        """Render the preview; with `confirm` take the step."""
        require(request.user, self.permission)
        request.kept_query = self.origin.query
        rows, form = self.choose(), self.get_form()
        if form.is_bound and not form.is_valid():
            form.status = 422
        elif "confirm" in request.POST:
            return self.finish(rows, form)
        return self.confirm(self.rehearse(rows, form.cleaned_data if form.is_bound else {}), form)

    def confirm(self, results, form):
        """Render the confirming page; rows without an obstacle come first."""
        results = sorted(results, key=lambda result: bool(result.error))
        taken = [result.row for result in results if not result.error]
        words = {"name": self.name, "n": len(taken), "measure": self.measure}
        context = {
            "step": self,
            "rows": results,
            "taken": taken,
            "heading": f"{self.name}{len(taken)}{self.measure}{self.noun}",
            "summary": self.summary(results),
            "button": self.button.format(**words),
            "carried": self.carried(taken),
            "form": form,
            **self.get_context(results),
        }
        return render(self.request, self.confirm_template, context, status=form.status)

    def finish(self, rows, form):
        """Take the step for each row without an obstacle, and render the results."""
        left = {row.pk: sentence for row in rows if (sentence := self.obstacle(row))}
        results = bulk.each([row for row in rows if row.pk not in left], lambda row: self.take(row, form.cleaned_data))
        results += [bulk.Result(row, left[row.pk]) for row in rows if row.pk in left]
        refused = [result for result in results if result.error]
        done = len(results) - len(refused)
        if not done:
            return self.confirm_again(rows, results, form)
        heading = self.done_heading.format(name=self.name, n=done, measure=self.measure)
        if self.goes_back and not refused and not self.left_out(results):
            messages.success(self.request, f"{heading}：{in_short([self.which(row) for row in rows])}。")
            return redirect(self.origin.address)
        if refused:
            heading += self.left_heading.format(name=self.name, n=len(refused), measure=self.measure)
        context = {
            "step": self,
            "heading": heading,
            "results": results,
            "done": done,
            "done_word": self.done_word.format(name=self.name),
            "left_out": self.left_out(results),
        }
        return render(self.request, "tasks/bulk/results.html", context)

    def confirm_again(self, rows, results, form):
        """Render the confirming page with the reasons why nothing was done, and with what was typed."""
        reasons = dict.fromkeys(result.error for result in results)
        form.add_error(None, "".join(reasons) or self.left_out(results))
        form.status = 422
        return self.confirm(self.rehearse(rows, form.cleaned_data), form)
