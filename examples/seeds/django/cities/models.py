from django.db import models


class City(models.Model):
    name = models.TextField(primary_key=True)

    class Meta:
        db_table = "cities"
        managed = False
