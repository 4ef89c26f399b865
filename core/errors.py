"""The errors of CT-Crimes: each message names the culprit, what was expected and what to do.

Every class derives from :class:`CrimeAppError`, so that a caller at the edge (the command line,
a web page) catches one type and shows its message. A traceback never reaches a user.
"""

__all__ = [
    "AgencyConflictError",
    "AmbiguousMemberError",
    "ArchiveTooLargeError",
    "BadCellError",
    "BoundaryError",
    "BundleError",
    "ClusterDriverError",
    "ClusterError",
    "CrimeAppError",
    "DatasetDamagedError",
    "DatasetError",
    "DatasetMissingError",
    "DatasetVersionError",
    "DateOutsideYearError",
    "DownloadError",
    "DuplicateIdentifierError",
    "EmptyMemberError",
    "EncryptedMemberError",
    "MissingColumnError",
    "MissingMemberError",
    "MixedBundlesError",
    "ModelMismatchError",
    "NotAZipFileError",
    "NothingToLearnError",
    "OrphanRowError",
    "PlaceError",
    "RequestError",
    "SettingsError",
    "StorageDriverError",
    "StorageError",
    "TruncatedArchiveError",
    "UnknownAgencyError",
    "UnknownOffenceCodeError",
    "UnknownPlaceError",
    "YearNotPublishedError",
]


class CrimeAppError(Exception):
    """Base of every error that CT-Crimes raises on purpose."""


class RequestError(CrimeAppError):
    """An argument of a command or a public function has an impossible value."""


class NothingToLearnError(RequestError):
    """No reported day can be learned from."""


class SettingsError(CrimeAppError):
    """A setting in the environment has an impossible value."""


class BundleError(CrimeAppError):
    """A state bundle cannot be read as the FBI's layout."""


class NotAZipFileError(BundleError):
    """The file is absent, empty, or not a zip archive."""


class TruncatedArchiveError(BundleError):
    """The archive ends early or a member fails its checksum."""


class EncryptedMemberError(BundleError):
    """A member of the archive is encrypted."""


class ArchiveTooLargeError(BundleError):
    """The archive would expand beyond the bound on size or on ratio (a zip bomb)."""


class MissingMemberError(BundleError):
    """A file that every bundle of this era holds is not in the archive."""


class AmbiguousMemberError(BundleError):
    """Two members of the archive answer to the same file name."""


class EmptyMemberError(BundleError):
    """A member that must hold rows holds none, or not even a header."""


class MissingColumnError(BundleError):
    """A column that the era's layout has is not in the file, or stands there twice."""


class BadCellError(BundleError):
    """A cell does not hold the type or the range that its column must have."""


class UnknownOffenceCodeError(BundleError):
    """An offence refers to a code that the bundle's own look-up or the FBI's list lacks."""


class DuplicateIdentifierError(BundleError):
    """A primary key occurs more than once."""


class OrphanRowError(BundleError):
    """A row refers to a parent row that is not there."""


class UnknownAgencyError(BundleError):
    """An incident names an agency that the agency file lacks."""


class AgencyConflictError(BundleError):
    """The agency file holds one agency twice, with contradictory figures."""


class DateOutsideYearError(BundleError):
    """An incident's date lies outside the data year of its bundle."""


class MixedBundlesError(BundleError):
    """Bundles that cannot stand in one dataset: two states, a year twice, simulated beside real."""


class DownloadError(CrimeAppError):
    """A bundle could not be fetched from the Crime Data Explorer."""


class YearNotPublishedError(DownloadError):
    """The Crime Data Explorer has no bundle for this state and year."""


class PlaceError(CrimeAppError):
    """The tables of places, or an agency's place in them, are not as expected."""


class BoundaryError(PlaceError):
    """A boundary file is not the Census file that was asked for, or its topology is broken."""


class UnknownPlaceError(PlaceError):
    """No place of the dataset has this identifier."""


class DatasetError(CrimeAppError):
    """A dataset on disk cannot be used."""


class DatasetMissingError(DatasetError):
    """There is no dataset in the folder, or it was never finished."""


class DatasetDamagedError(DatasetError):
    """A file of the dataset is absent or differs from the manifest."""


class DatasetVersionError(DatasetError):
    """The dataset was written with another schema version."""


class StorageError(DatasetError):
    """An object store cannot be reached, or does not do what it is asked."""


class StorageDriverError(StorageError):
    """What speaks to this kind of object store is not installed, or the kind is not known."""


class ModelMismatchError(DatasetError):
    """A model is absent, damaged, or means other features, classes or places than its dataset."""


class ClusterError(CrimeAppError):
    """The workers that a build was handed to cannot do it."""


class ClusterDriverError(ClusterError):
    """What speaks with a cluster is not installed."""
