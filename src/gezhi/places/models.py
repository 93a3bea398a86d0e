from django.db import models

from gezhi.lib.fields import PlaceCodeField


class Place(models.Model):
    """A jurisdiction or a grid. `shape` is WKB in WGS-84 longitude, latitude degrees rounded to 1e-9."""

    code = PlaceCodeField(primary_key=True)
    level = models.SmallIntegerField()  # 0 province, 1 city, 2 county, 3 town, 4 village, 5 grid
    name = models.CharField(max_length=120)
    full_name = models.CharField(max_length=400)
    local_code = models.CharField(max_length=60, blank=True)
    shape = models.BinaryField(null=True)
    simulated = models.BooleanField(default=False)
    source = models.CharField(max_length=200)
    households = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["level", "code"], name="place_by_level"),  # children, all grids
            models.Index(
                fields=["local_code"], name="place_by_local_code", condition=~models.Q(local_code="")
            ),
        ]


class PlaceVersion(models.Model):
    """The geometry as it stood after one change; names the snapshot that locates points."""

    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200)
