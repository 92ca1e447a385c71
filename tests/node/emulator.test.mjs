// The embedded tenant: in this process, and as a program.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { Client, clientCredentials, staticToken } from 'cyberark-identity'
import { Emulator } from 'cyberark-identity/emulator'

import { connect, faulty, firstLine, packageFolder, run, start, startTenant } from './support.mjs'

const PROGRAM = join(packageFolder, 'dist/bin/emulator.js')

test('a tenant starts with the people asked for, stops, and stops again', async () => {
  const tenant = Emulator.start({ seedUsers: 7 })
  const { port } = new URL(tenant.url)
  const client = new Client(tenant.url, { auth: tenant.credentials })
  const people = (await client.users.list()).filter((row) => !/^(admin|automation)@/.test(row.name))
  assert.equal(people.length, 7)
  client.close()
  tenant.stop()
  tenant.stop()
  const [error] = await once(dial({ port: Number(port), host: '127.0.0.1' }), 'error')
  assert.equal(error.code, 'ECONNREFUSED')
})

test('two tenants are strangers', async (t) => {
  const [one, other] = [startTenant(t), startTenant(t)]
  const [here, there] = [connect(t, one), connect(t, other)]
  await here.organizations.create({ name: 'Only Here' })
  await there.organizations.create({ name: 'Only Here' })
  assert.notEqual(one.url, other.url)
  assert.notEqual(one.token, other.token)
})

test('both of its credentials sign in, and expired tokens are renewed', async (t) => {
  const tenant = startTenant(t)
  for (const auth of [tenant.credentials, tenant.staticToken]) {
    const client = connect(t, tenant, { auth })
    await client.users.list()
    tenant.expireTokens()
    await client.users.list()
  }
})

test('its clock moves when it is told to', async (t) => {
  const tenant = startTenant(t, { tokenLifetimeMs: 3_600_000 })
  const client = connect(t, tenant)
  await client.users.list()
  tenant.advanceClock(3_700_000)
  await client.users.list()
  assert.equal(tenant.requests().filter((request) => request.path.startsWith('/oauth2/')).length, 2)
})

test('faults come and go', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { maxRetries: 0 })
  tenant.addFaults([{ match: { path: 'GetUsers' }, action: { status: 503 } }])
  await assert.rejects(client.users.list(), { name: 'ServerError' })
  tenant.clearFaults()
  await client.users.list()
  assert.throws(() => tenant.addFaults({ action: 'explode' }), /explode/)
})

test('requests are recorded without secrets, waited for, and forgotten', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  await client.scim.users.create({ userName: 'a@acme.example', password: 'Made-Up-Pass-1' })
  const [{ method, body, status, outcome, caller }] = await tenant.waitForRequests({ path: '/scim/Users' })
  assert.deepEqual([method, status, outcome, caller], ['POST', 201, 'answered', tenant.clientId])
  assert.equal(body.userName, 'a@acme.example')
  assert.ok(!JSON.stringify(tenant.requests()).includes('Made-Up-Pass-1'))
  tenant.clearRequests()
  assert.deepEqual(tenant.requests(), [])
  await assert.rejects(tenant.waitForRequests({ path: 'Nowhere', timeoutMs: 20 }), /did not come/)
})

test('waiting for requests works over TLS too', async (t) => {
  const tenant = startTenant(t, { tls: true })
  const client = connect(t, tenant, { caFile: tenant.caFile })
  const call = client.users.list({ ...faulty('hang'), timeoutMs: 2_000 }).catch(() => {})
  await tenant.waitForRequests({ outcome: 'pending' })
  client.close()
  await call
})

test('a tenant in a file is still there after a stop, and is used by one at a time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const state = join(folder, 'tenant.state')
  const first = startTenant(t, { state, seedUsers: 2 })
  const { id } = await connect(t, first).scim.users.create({ userName: 'kept@acme.example' })
  assert.throws(() => Emulator.start({ state }), /another process or tenant is using it/)
  first.stop()
  const second = startTenant(t, { state })
  assert.equal(second.clientSecret, first.clientSecret)
  const user = await connect(t, second).scim.users.get(id)
  assert.equal(user.userName, 'kept@acme.example')
})

test('options that cannot be are named', (t) => {
  const taken = startTenant(t)
  for (const [options, message] of [
    [{ seedUsers: -1 }, /`seedUsers`/],
    [{ port: 70_000 }, /`port`/],
    [{ host: 'everywhere' }, /`host`/],
    [{ users: 5 }, /`users`/],
    [{ faults: { action: 'explode' } }, /explode/],
    [{ port: Number(new URL(taken.url).port) }, /address|in use/i],
  ]) {
    assert.throws(() => Emulator.start(options), message, JSON.stringify(options))
  }
})

test(
  'disposal: of tenants and clients, where the language has it',
  { skip: !Symbol.asyncDispose },
  async (t) => {
    const tenant = startTenant(t)
    const client = connect(t, tenant)
    await client[Symbol.asyncDispose]()
    await assert.rejects(client.users.list(), { name: 'ClientClosedError' })
    const second = connect(t, tenant)
    second[Symbol.dispose]()
    await assert.rejects(second.users.list(), { name: 'ClientClosedError' })
    await tenant[Symbol.asyncDispose]()
    await assert.rejects(connect(t, tenant, { maxRetries: 0 }).users.list(), {
      name: 'ConnectionFailedError',
    })
  },
)

test('the program prints one JSON line, serves, and ends with SIGTERM', async (t) => {
  const child = start(t, [PROGRAM, '--seed-users', '3'])
  const line = JSON.parse(await firstLine(child))
  assert.deepEqual(Object.keys(line).sort(), [
    'app_id',
    'ca_file',
    'client_id',
    'client_secret',
    'scim_url',
    'token',
    'url',
  ])
  const { app_id: appId, client_id: clientId, client_secret: clientSecret, token } = line
  for (const auth of [staticToken(token), clientCredentials({ appId, clientId, clientSecret })]) {
    const client = new Client(line.url, { auth })
    assert.equal((await client.users.list()).length, 5)
    client.close()
  }
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('the program ends when its standard input closes', async (t) => {
  const child = start(t, [PROGRAM])
  await firstLine(child)
  child.stdin.end()
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

test('the program refuses what it does not know', async () => {
  const ended = await run([PROGRAM, '--sed-users', '3'])
  assert.equal(ended.code, 2)
  assert.match(ended.stderr, /--sed-users/)
  assert.equal((await run([PROGRAM, '--help'])).code, 0)
})
