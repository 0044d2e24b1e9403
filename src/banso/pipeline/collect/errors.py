"""What stops an import before anything is stored."""


class ImportFileError(ValueError):
    """Something a person has to mend before a file can be imported. Nothing was stored."""


class UnreadableFileError(ImportFileError):
    """The file as a whole can't be read: missing, empty, no header, wrong type, broken."""


class MissingOptionError(ImportFileError):
    """Something only a person can say; the message names the option that says it."""
