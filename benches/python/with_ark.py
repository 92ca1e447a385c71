"""ark-sdk-python: it has no call that reads a user, so only what its import costs is comparable."""

import with_urllib3
from ark_sdk_python.auth import ArkISPAuth
from ark_sdk_python.services.identity import ArkIdentityAPI

assert ArkISPAuth
assert ArkIdentityAPI

some_ids = with_urllib3.some_ids
get = with_urllib3.get
