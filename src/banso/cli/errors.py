"""Errors that a person can mend: the command line prints their text and nothing else."""

import psycopg

from banso.cli.demo import OwnDataError
from banso.cli.export import ExportError
from banso.cli.running import FutureError
from banso.cli.session import NoDefinitionsError, NoHomeError
from banso.cli.today import NotRunError
from banso.core.definitions import DefinitionError
from banso.core.metrics.filters import PlanError
from banso.pipeline.collect.errors import ImportFileError
from banso.pipeline.explain import UnknownAccountError, UnknownMetricError
from banso.store.migrate import MigrationError
from banso.store.server import ServerError

FRIENDLY = (
    DefinitionError,
    ExportError,
    FutureError,
    ImportFileError,
    MigrationError,
    NoDefinitionsError,
    NoHomeError,
    NotRunError,
    OwnDataError,
    PlanError,
    ServerError,
    UnknownAccountError,
    UnknownMetricError,
    psycopg.OperationalError,
)
