"""Import of files: read, map columns to fields, check every row, store it or say why not."""

from banso.pipeline.collect.chunk import BadRow
from banso.pipeline.collect.errors import ImportFileError, MissingOptionError, UnreadableFileError
from banso.pipeline.collect.facts import FactImport, MappedFile, import_facts
from banso.pipeline.collect.fields import FIELDS, DeskKind, Field, Kind
from banso.pipeline.collect.files import FileOptions, OpenedFile, find_files, open_file
from banso.pipeline.collect.mapping import ColumnMap, MappingError, check_columns, given_map
from banso.pipeline.collect.proposal import Proposal, propose_mapping
from banso.pipeline.collect.report import FileReport, ImportReport, Progress, Watch
from banso.pipeline.collect.rows import RowImport, import_rows
from banso.pipeline.collect.sample import check_dates, sample_of
from banso.pipeline.collect.zones import Zone, zone

__all__ = [
    "FIELDS",
    "BadRow",
    "ColumnMap",
    "DeskKind",
    "FactImport",
    "Field",
    "FileOptions",
    "FileReport",
    "ImportFileError",
    "ImportReport",
    "Kind",
    "MappedFile",
    "MappingError",
    "MissingOptionError",
    "OpenedFile",
    "Progress",
    "Proposal",
    "RowImport",
    "UnreadableFileError",
    "Watch",
    "Zone",
    "check_columns",
    "check_dates",
    "find_files",
    "given_map",
    "import_facts",
    "import_rows",
    "open_file",
    "propose_mapping",
    "sample_of",
    "zone",
]
