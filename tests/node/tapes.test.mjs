// Tapes: what a user of them meets. That every scenario is played from one is in scenarios.test.mjs.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { Client, ConfigurationError, clientCredentials, staticToken } from 'cyberark-identity'
import { connect, startTenant } from './support.mjs'

const ADMIN = 'admin@acme.example'

function place(t) {
  const folder = mkdtempSync(join(tmpdir(), 'tape-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'session.tape')
}

/** A tape of one call. */
async function recorded(t) {
  const tenant = startTenant(t, { seedUsers: 5 })
  const record = place(t)
  await connect(t, tenant, { record }).users.getByName(ADMIN)
  tenant.clearRequests()
  return { tenant, record }
}

function replay(t, tape, options) {
  const client = Client.replay(tape, options)
  t.after(() => client.close())
  return client
}

function refusal(message) {
  return (error) => {
    assert.ok(error instanceof ConfigurationError, error.stack)
    assert.match(error.message, message)
    return true
  }
}

test('no credentials and no tenant are needed', async (t) => {
  const { tenant, record } = await recorded(t)
  const client = replay(t, record)
  assert.equal(client.tenantUrl, tenant.url)
  assert.equal((await client.users.getByName(ADMIN)).name, ADMIN)
  assert.deepEqual(tenant.requests(), [])
})

test('what is not on the tape is told with the nearest', async (t) => {
  const { tenant, record } = await recorded(t)
  const client = replay(t, record)
  await assert.rejects(
    client.users.getByName('nobody@acme.example'),
    refusal(/nearest is line 3: POST \/.*admin@acme/),
  )
  await client.users.getByName(ADMIN)
  await assert.rejects(
    client.users.getByName(ADMIN),
    refusal(/only once \(line 3\), and it was asked once more/),
  )
  assert.deepEqual(tenant.requests(), [])
})

test('a tape is private and never written over', async (t) => {
  const { tenant, record } = await recorded(t)
  if (process.platform !== 'win32') assert.equal(statSync(record).mode & 0o777, 0o600)
  const text = readFileSync(record, 'utf8')
  for (const secret of [tenant.clientSecret, tenant.token]) assert.ok(!text.includes(secret))
  assert.throws(
    () => new Client(tenant.url, { auth: tenant.credentials, record }),
    refusal(/already exists \(replay it, or remove it/),
  )
  assert.equal(readFileSync(record, 'utf8'), text)
})

test('signing in is played with credentials', async (t) => {
  const { record } = await recorded(t)
  const path = JSON.parse(readFileSync(record, 'utf8').split('\n')[1]).request.path
  const appId = path.split('/').at(-1)
  const auth = clientCredentials({ appId, clientId: 'somebody@acme.example', clientSecret: 'made-up' })
  assert.equal((await replay(t, record, { auth }).users.getByName(ADMIN)).name, ADMIN)
})

test('what is no tape is refused', (t) => {
  const tape = place(t)
  assert.throws(() => Client.replay(tape), refusal(/cannot be read/))
  for (const [content, problem] of [
    ['', /is not a tape/],
    ['{"format": "cyberark-identity tape", "version": 99}\n', /is of version 99/],
  ]) {
    writeFileSync(tape, content)
    assert.throws(() => Client.replay(tape), refusal(problem))
  }
  const record = join(tape, 'none', 'x.tape')
  assert.throws(() => new Client('abc1234', { auth: staticToken('made-up'), record }), ConfigurationError)
})

test('hooks run while a tape is played, and what they add does not matter', async (t) => {
  const { record } = await recorded(t)
  const seen = []
  const client = replay(t, record, {
    before(start) {
      start.addHeader('traceparent', 'made-up')
      seen.push(start.operation)
    },
    after: (end) => void seen.push(end.outcome, end.attempts),
  })
  await client.users.getByName(ADMIN)
  assert.deepEqual(seen, ['users.get_by_name', 'success', 1])
  assert.throws(() => Client.replay(record, { after: 7 }), refusal(/`after`: must be a function/))
})

test('lists are read ahead from a tape', async (t) => {
  const tenant = startTenant(t, { seedUsers: 90 })
  const record = place(t)
  const ids = async (client) => {
    const found = []
    for await (const user of client.scim.users.iter({ count: 10 })) found.push(user.id)
    return found
  }
  const listed = await ids(connect(t, tenant, { record }))
  assert.ok(listed.length > 90)
  assert.deepEqual(await ids(replay(t, record)), listed)
})
