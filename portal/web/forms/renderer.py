"""Makes every Django form speak our field markup; set as FORM_RENDERER."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """`{{ form.name.as_field_group }}` and `{{ form }}` render through our templates."""

    form_template_name = "components/form/form.html"
    field_template_name = "components/form/field.html"
