"""The case register: who is protected, from whom, how. One sealed SQLite file beside the log.

`CaseRegister` is what the desk and the screens ask, `import_cases` is the only way in. The file's form is in `sealed`, the
importable JSON in `rows` and docs/cases.md.
"""

from incidents.cases.importing import ImportReport, KnownCases, Problem, import_cases
from incidents.cases.register import CaseRegister
from incidents.cases.rows import CaseFileError
from incidents.cases.sealed import CasesLocked

__all__ = ["CaseFileError", "CaseRegister", "CasesLocked", "ImportReport", "KnownCases", "Problem", "import_cases"]
