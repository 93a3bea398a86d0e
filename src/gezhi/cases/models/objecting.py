from django.db import models


class Objection(models.Model):
    """Whoever reports under a number wants no machine to decide (`automation`: a person names category and unit), or
    their words not to teach the classifier (`teaching`). `digest`: of the number, see lib/numbers.py."""

    digest = models.CharField(max_length=64, primary_key=True)
    automation = models.BooleanField(default=False)
    teaching = models.BooleanField(default=False)
    at = models.DateTimeField()
