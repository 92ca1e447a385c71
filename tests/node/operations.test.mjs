// Every operation of the slice, as a user would call it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'

import { AccountState, ListResponse, RawResponse, Rows, SortOrder, operations } from 'cyberark-identity'

import { calls, connect, startTenant } from './support.mjs'

test('SCIM users are created, read, listed, changed and deleted', async (t) => {
  const client = connect(t, startTenant(t))
  await client.organizations.create({ name: 'Sales' })
  const users = client.scim.users

  const ana = await users.create({
    userName: 'ana@acme.example',
    displayName: 'Ana Ruiz',
    emails: [{ value: 'ana@mail.example', type: 'work', primary: true }],
    phoneNumbers: [{ value: '+34 600 000 001', type: 'mobile' }],
    enterprise: { organization: 'Sales' },
  })
  assert.equal(ana.userName, 'ana@acme.example')
  assert.equal(ana.emails[0].value, 'ana@mail.example')
  assert.equal(ana.enterprise.organization, 'Sales')
  assert.ok(ana.meta.created instanceof Date)

  assert.equal((await users.get(ana.id)).userName, ana.userName)

  const changed = await users.patch({
    id: ana.id,
    operations: [{ op: 'replace', path: 'displayName', value: 'Ana R.' }],
  })
  assert.equal(changed.displayName, 'Ana R.')

  const page = await users.query({ filter: 'userName eq "ana@acme.example"', count: 10 })
  assert.ok(page instanceof ListResponse)
  assert.deepEqual([page.length, page.totalResults, page.startIndex], [1, 1, 1])

  assert.equal(await users.delete(ana.id), undefined)
  assert.equal((await users.query({ filter: 'userName eq "ana@acme.example"' })).length, 0)
})

test('directory users are read by id and name, listed, and suspended', async (t) => {
  const tenant = startTenant(t, { seedUsers: 5 })
  const client = connect(t, tenant)

  const rows = await client.users.list()
  assert.ok(rows instanceof Rows)
  assert.equal(rows.fullCount, rows.length)
  const someone = rows.at(-1)

  const byId = await client.users.get(someone.uuid)
  const byName = await client.users.getByName(someone.name.toUpperCase())
  assert.deepEqual(byId, byName)
  assert.ok(byId.createDate instanceof Date)

  assert.equal(await client.access.setState({ id: someone.uuid, state: 'Locked, Disabled' }), undefined)
  assert.equal((await client.users.get(someone.uuid)).state, 'Locked, Disabled')
  assert.equal((await client.scim.users.get(someone.uuid)).active, false)
})

test('organizations are created and listed', async (t) => {
  const client = connect(t, startTenant(t))
  const made = await client.organizations.create({ name: 'Night Shift', description: null })
  assert.equal(made.name, 'Night Shift')
  const names = (await client.organizations.list()).map((organization) => organization.name)
  assert.ok(names.includes('Night Shift'))
})

test('operations are called by name and by catalogue id, with names of either spelling', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 1 }))
  const [{ uuid, name }] = await client.call('users.list')
  for (const [operation, args] of [
    ['users.get', { id: uuid }],
    ['users.get', { ID: uuid }],
    ['post_user_details_identity', { id: uuid }],
    ['post_user_details_by_name', { userName: name }],
    ['post_user_details_by_name', { username: name }],
  ]) {
    const user = await client.call(operation, args)
    assert.equal(user.name, name, operation)
  }
})

test('a raw call keeps status, headers and body', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 1 }))
  const answer = await client.callRaw('users.list')
  assert.ok(answer instanceof RawResponse)
  assert.equal(answer.status, 200)
  assert.match(answer.headers['content-type'], /^application\/json/)
  assert.equal(answer.requestId, answer.headers['x-cfy-tx-id'])
  assert.equal(answer.body.length, Number(answer.headers['content-length']))
  assert.equal(answer.json().Result.Results[0].Row.Uuid, answer.value[0].uuid)
})

test('extra headers go with one call, and headers of the client with all', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { headers: { 'X-Team': 'blue' }, userAgent: 'report/2' })
  await client.users.list({ extraHeaders: { 'X-Trace': 'one' } })
  await client.users.list()
  const [first, second] = calls(tenant)
  assert.deepEqual([first.headers['x-team'], first.headers['x-trace']], ['blue', 'one'])
  assert.deepEqual([second.headers['x-team'], second.headers['x-trace']], ['blue', undefined])
  assert.match(first.headers['user-agent'], /^cyberark-identity-node\/[\d.]+ report\/2$/)
})

test('200 calls at once all come back, each with its own answer, on one token', async (t) => {
  const tenant = startTenant(t, { seedUsers: 200 })
  const client = connect(t, tenant)
  const rows = await connect(t, tenant).users.list()
  tenant.clearRequests()
  const users = await Promise.all(rows.slice(0, 200).map((row) => client.users.get(row.uuid)))
  assert.deepEqual(
    users.map((user) => user.uuid),
    rows.slice(0, 200).map((row) => row.uuid),
  )
  assert.equal(tenant.requests().filter((request) => request.path.startsWith('/oauth2/')).length, 1)
})

test('the registry names every operation with its facts', () => {
  const all = operations()
  const get = all.find((operation) => operation.name === 'users.get')
  assert.deepEqual(
    { ...get, doc: undefined, doubt: undefined, permission: undefined },
    {
      name: 'users.get',
      ids: ['post_user_details_identity'],
      summary: 'Reads one user by id.',
      entities: ['user'],
      method: 'POST',
      path: '/CDirectoryService/GetUser',
      access: 'read',
      retry: 'safe',
      confidence: 'high',
      doc: undefined,
      doubt: undefined,
      permission: undefined,
    },
  )
  assert.match(get.doc, /^Reads one user by id\./)
  assert.equal(new Set(all.map((operation) => operation.name)).size, all.length)
})

test('the registry shows itself as a table', () => {
  const all = operations()
  const [head, ...lines] = inspect(all).split('\n')
  assert.match(head, /^name +entities +access +method +path .* summary$/)
  assert.equal(lines.length, all.length)
  assert.equal(String(all), inspect(all))
  assert.equal(Object.getPrototypeOf(all.filter(() => true)), Array.prototype)
})

test('words that the service uses have constants, and are plain text', async (t) => {
  const tenant = startTenant(t)
  const admin = await connect(t, tenant).users.getByName('admin@acme.example')
  assert.equal(admin.state, AccountState.Active)
  assert.equal(SortOrder.Descending, 'descending')
})
