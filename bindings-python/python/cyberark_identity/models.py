"""Records: what operations take and return.

Each is made by keyword, such as `Email(value="ana@example.com", type="work")`.
"""

from ._generated import models as _models
from ._generated import words as _words
from ._generated.models import *  # noqa: F403
from ._generated.words import *  # noqa: F403

__all__ = _models.__all__ + _words.__all__
