"""What a browser would send from a page of Django admin."""


def form_of(client, url):
    """What the page's form would send as it stands."""
    response = client.get(url)
    form = response.context["adminform"].form
    fields = {name: form[name].value() for name in form.fields}
    for inline in response.context["inline_admin_formsets"]:
        for bound in [inline.formset.management_form, *inline.formset.forms]:
            fields |= {bound.add_prefix(name): bound[name].value() for name in bound.fields}
    return {name: "" if value is None else value for name, value in fields.items() if value is not False}
