"""The review queue, and the page of one report in review."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from tasks import lists
from tasks.choices import ReportState
from tasks.forms import ApproveForm, RateForm, ReturnForm
from tasks.forms.progress.reviews import PHRASES
from tasks.models import Assignment, ProgressReport, timeline
from tasks.rules import NOT_A_READER
from tasks.services.progress import reviews
from tasks.views.answering import Answer, AnswerPage
from tasks.views.bulk import StepForReports
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may, require

from .review_queue import ReviewQueue, query_of_queue


class ReviewList(PlanPage):
    """List of the reports that wait for review, oldest first."""

    list = lists.REVIEWS
    template_name = "tasks/progress/reviews/list.html"
    fragment_name = "tasks/progress/reviews/_content.html"

    def get_table_kwargs(self):
        kwargs = super().get_table_kwargs()
        reviews_them = may(self.request.user, "tasks.review")
        return kwargs if reviews_them else {**kwargs, "exclude": (*kwargs["exclude"], "pick")}

    def get_context_data(self):
        """Add the query by which a report's page keeps the filter."""
        return {**super().get_context_data(), "query": query_of_queue(self.request)}


def said(report, outcome):
    """Return the message of a decision: unit, duty and result, with the links to see it and to take it back."""
    return render_to_string("tasks/progress/reviews/_decided.html", {"report": report, "outcome": outcome})


class ReviewPage(AnswerPage):
    """Page of one report with its requirement and evidence, to approve, return or rate it, and on to the next."""

    template_name = "tasks/progress/reviews/detail.html"
    list_name, page_name = "tasks:reviews", "tasks:review"
    answers = {
        "approve": Answer(ApproveForm, reviews.approve, said, "tasks:approve", "通过"),
        "return": Answer(ReturnForm, reviews.return_, said, "tasks:return", "退回补正"),
        "rate": Answer(RateForm, reviews.rate, lambda *_: "质量评价已保存。"),
    }

    @cached_property
    def queue(self):
        return ReviewQueue(self.request)

    def fetch(self, pk):
        require(self.request.user, "tasks.read_review_queue", sentence=NOT_A_READER)
        reports = ProgressReport.objects.visible_to(self.request.user).submitted().for_lists()
        return get_object_or_404(reports.select_related("reviewed_by").with_leads(), pk=pk)

    def guard(self, subject):
        require(self.request.user, "tasks.review")
        self.following = self.queue.next_to_answer(subject)  # before the answer takes the report out of the queue

    def go_on(self, subject):
        """Redirect to the next report of the queue, and after a rating to the same."""
        return redirect(self.queue.address(subject.pk if self.given == "rate" else self.following))

    def is_offered(self, subject):
        waits = subject.state == ReportState.SUBMITTED and not subject.assignment.suspended
        return waits and not subject.waits_for_lead and may(self.request.user, "tasks.review")

    def why_not(self, subject):
        return reviews.why_not(self.request.user, subject)

    def button(self, name, answer, subject):
        return "通过，事项办结" if name == "approve" and subject.claims_completion else answer.button

    def get_context(self, subject, duty):
        prefetch_related_objects([duty.task], "designations__unit", "designations__collective")
        earlier = ProgressReport.objects.visible_to(self.request.user).filter(assignment=duty).submitted()
        return {
            **self.queue.context(subject),
            "evidence": subject.evidence.select_related("stored"),
            "earlier": earlier.exclude(pk=subject.pk).for_lists().order_by("-submitted_at", "-pk"),
            "waits": subject.state == ReportState.SUBMITTED and not duty.suspended,
            "opinions": subject.opinions.select_related("unit", "by"),
            "ratings": subject.ratings.select_related("by"),
            "timeline": timeline(Assignment.objects.filter(pk=duty.pk), reader=self.request.user),
            "phrases": PHRASES,
            "others": reviews.who_may(subject) if self.why_not(subject) and self.is_offered(subject) else [],
        }


detail = ReviewPage.page()
approve, return_report, rate = ReviewPage.to("approve"), ReviewPage.to("return"), ReviewPage.to("rate")


@login_required
@require_POST
def take_over(request, pk):
    """Move a report from the lead's stage to the office's."""
    page = ReviewPage(request=request)
    report = page.fetch(pk)
    page.guard(report)
    reviews.take_over(report, by=request.user)
    messages.success(request, "已受理，可以审核。")
    return redirect(page.queue.address(pk))


class ApproveSeveral(StepForReports):
    """Approval of the ticked reports, each in the version that was shown, with one comment for all."""

    name, permission = "通过", "tasks.review"
    service, form_class = staticmethod(reviews.approve), ApproveForm
    url_name, list_name, list_title = "tasks:approve-several", "tasks:reviews", "待审核的报告"
    fields = "tasks/progress/reviews/_approve_fields.html"
    confirm_template = "tasks/progress/reviews/approve_several.html"
    hint = "质量评价和审核意见对所选报告相同；需要分别评价的，请逐份审核。"
    icon, button_class = "check", "btn-success"
    done_heading, left_heading = "已通过{n}{measure}", "，未通过{n}{measure}"

    def seen(self):
        return ProgressReport.objects.visible_to(self.request.user).submitted().order_by("submitted_at", "pk")

    def waiting(self, reports):
        return reports.waiting()

    def obstacle(self, row):
        return reviews.why_not(self.request.user, row)

    def summary(self, results):
        claims = sum(result.row.claims_completion for result in results if not result.error)
        own = sum(bool(result.error) for result in results)
        words = [super().summary(results)]
        words += [f"其中{claims}份申报办结，通过后事项办结"] if claims else []
        words += [f"另有{own}份由您本人填写或报送，或者由您经手过填报账号，须由其他审核人审核"] if own else []
        return "。".join([*words, ""]) if len(words) > 1 else words[0]

    def left_out(self, results):
        withdrawn = len(self.known) - len(results)
        return f"另有{withdrawn}份在此期间已由填报单位撤回，未通过。" if withdrawn else ""
