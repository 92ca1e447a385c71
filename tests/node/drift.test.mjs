// Answers that have another shape than is known are counted, and nothing fails by it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'

import { DriftReport } from 'cyberark-identity'
import { connect, startTenant } from './support.mjs'

/** What the tenant says of every user from now on. */
function change(tenant, fields) {
  tenant.clearFaults()
  const body = { success: true, Result: { Uuid: 'u-1', ...fields } }
  tenant.addFaults({ match: { path: '/CDirectoryService/GetUser' }, action: { status: 200, body } })
}

async function read(client, times) {
  for (let left = times; left > 0; left -= 1) await client.users.get('u-1')
  return client.drift()
}

test('what changes is told by operation and path', async (t) => {
  const tenant = startTenant(t, { seedUsers: 1 })
  const client = connect(t, tenant, { watchDrift: true })
  change(tenant, { Name: 'ana' })
  const before = await read(client, 10)
  assert.ok(before instanceof DriftReport)
  assert.deepEqual([before.drifts, before.answers, `${before}`], [[], 10, 'no drift in 10 answers'])

  change(tenant, { DisplayName: ['Ada'], Nickname: 'made-up' })
  const report = await read(client, 3)
  const rows = report.drifts.map((drift) => Object.values(drift))
  assert.deepEqual(rows, [
    ['users.get', 'DisplayName', 'changed type', 'text', 'a list', 3],
    ['users.get', 'Name', 'missing field', 'a field that was always there', 'nothing', 3],
    ['users.get', 'Nickname', 'new field', '', 'text', 3],
  ])
  const lines = inspect(report).split('\n')
  assert.match(lines[0], /^operation +path +change +expected +found +count$/)
  assert.equal(lines.at(-1), 'in 13 answers')
  assert.ok(!`${report}`.includes('made-up'))
})

test('names of the service are counted without end', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { watchDrift: true })
  change(tenant, Object.fromEntries(Array.from({ length: 1500 }, (_, number) => [`f${number}`, 1])))
  const report = await read(client, 1)
  assert.deepEqual([report.drifts.length, report.others], [1000, 500])
})

test('it is off unless asked for', async (t) => {
  const tenant = startTenant(t, { seedUsers: 1 })
  const client = connect(t, tenant)
  await client.users.getByName('admin@acme.example')
  assert.equal(client.drift(), null)
  client.close()
  assert.throws(() => client.drift(), { name: 'ClientClosedError' })
})
