// Your own automation under test, with vitest: `npx vitest run`.
import { Client } from 'cyberark-identity'
import { Emulator } from 'cyberark-identity/emulator'
import { afterEach, beforeEach, expect, test } from 'vitest'

let tenant, client

beforeEach(() => {
  tenant = Emulator.start({ seedUsers: 50 })
  client = new Client(tenant.url, { auth: tenant.credentials })
})

afterEach(() => {
  client.close()
  tenant.stop()
})

/** What is tested: whoever leaves is disabled. */
async function offboard(name) {
  const { uuid } = await client.users.getByName(name)
  await client.access.setState({ id: uuid, state: 'Disabled' })
}

test('a leaver is disabled', async () => {
  const ana = await client.scim.users.create({ userName: 'ana@acme.example' })
  await offboard('ana@acme.example')
  expect((await client.scim.users.get(ana.id)).active).toBe(false)
})

test('a busy service is asked again', async () => {
  await client.scim.users.create({ userName: 'ana@acme.example' })
  tenant.addFaults({ match: { path: 'SetUserState', times: 1 }, action: { status: 429 } })
  await offboard('ana@acme.example')
  expect(tenant.requests().filter(({ path }) => path.endsWith('SetUserState'))).toHaveLength(2)
})
