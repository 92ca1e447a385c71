"""Records: what operations take and return.

Each is made by keyword, such as `Email(value="ana@example.com", type="work")`.
"""

from ._generated.models import *  # noqa: F403
from ._generated.models import __all__ as __all__
