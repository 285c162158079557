"""Forms drawn from declared fields: no form is written by hand twice. See `form.py`."""

from studio.ui.forms.form import Form

__all__ = ["Form"]
