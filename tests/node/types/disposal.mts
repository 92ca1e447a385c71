// Compiled, never run: clients and tenants end with their scope.

import { Client } from 'cyberark-identity'
import { Emulator } from 'cyberark-identity/emulator'

export async function count(): Promise<number> {
  using tenant = Emulator.start()
  await using client = new Client(tenant.url, { auth: tenant.credentials })
  return (await client.users.list()).length
}
