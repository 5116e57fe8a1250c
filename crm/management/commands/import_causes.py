from crm.management.commands.import_influencers import Command as ImportInfluencers
from crm.models import ImportBatch


class Command(ImportInfluencers):
    help = "Import causes from a CSV or JSON file. Exit 0: every row was stored or reported; 2: the file is unusable."
    subject = ImportBatch.Subject.CAUSES
