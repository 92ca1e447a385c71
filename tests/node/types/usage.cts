// Compiled, never run: the types by `require`.

import identity = require('cyberark-identity')
import emulator = require('cyberark-identity/emulator')

const tenant = emulator.Emulator.start()
const client: identity.Client = new identity.Client(tenant.url, { auth: tenant.credentials })
const users: Promise<identity.ListResponse<identity.User>> = client.scim.users.query()
void users
