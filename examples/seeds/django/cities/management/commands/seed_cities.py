import subprocess

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from cities.models import City


class Command(BaseCommand):
    help = "Fills the table of cities, where the policy lets it"

    def handle(self, *args, **options):
        # Raises unless the policy lets this environment be seeded.
        assertion = subprocess.run(
            ["guard-cli", "sql", "assert"], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(assertion)
            City.objects.bulk_create([City(name="Nantes"), City(name="Brest")])
