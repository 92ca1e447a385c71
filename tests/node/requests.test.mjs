// Requests that no operation describes.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { InvalidArgumentError, NotFoundError, RawResponse, RejectedError } from 'cyberark-identity'

import { connect, faulty, startTenant } from './support.mjs'

test('a platform call gives its result under wire names, with the answer', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 1 }))
  const [{ name, uuid }] = await client.users.list()
  const answer = await client.request('POST', '/CDirectoryService/GetUserByName', {
    body: { username: name },
  })
  assert.ok(answer instanceof RawResponse)
  assert.deepEqual([answer.status, answer.value.Uuid], [200, uuid])
  assert.deepEqual(answer.value, answer.json().Result)
  assert.equal(answer.requestId, answer.headers['x-cfy-tx-id'])
})

test('a query is escaped, from an object as from pairs', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  const query = { count: 2, filter: 'userName sw "a&b"', attributes: null, no: undefined, x: [true, 'y z'] }
  const { value } = await client.request('get', '/scim/Users', { query })
  assert.equal(value.totalResults, 0)
  await client.request('GET', '/scim/Users', { query: new URLSearchParams('count=3&x=1&x=a+b') })
  const queries = tenant.requests().slice(-2)
  assert.deepEqual(
    queries.map((request) => request.query),
    ['count=2&filter=userName%20sw%20%22a%26b%22&x=true&x=y%20z', 'count=3&x=1&x=a%20b'],
  )
})

test('a body goes as it is, and options go with the call', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  const body = { userName: 'ana@acme.example', displayName: 'Ana "Ω"', emails: [{ value: 'a@b.c' }] }
  const made = await client.request('POST', '/scim/Users', { body, extraHeaders: { 'X-Trace': 'one' } })
  assert.equal(made.status, 201)
  const sent = tenant.requests().at(-1)
  assert.deepEqual([sent.body, sent.headers['x-trace']], [body, 'one'])
  const gone = await client.request('DELETE', `/scim/Users/${made.value.id}`)
  assert.deepEqual([gone.status, gone.value], [204, null])
  assert.equal(tenant.requests().at(-1).body, null)
})

test('failures are the same errors, and calls are ended in the same ways', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  await assert.rejects(client.request('GET', '/scim/Users/00000000-0000-4000-8000-00000000dead'), (error) => {
    assert.ok(error instanceof NotFoundError)
    assert.deepEqual([error.operation, error.status], ['request', 404])
    assert.match(error.stack, /requests\.test\.mjs/)
    return true
  })
  await assert.rejects(
    client.request('POST', '/Core/Any', faulty({ success_false: 'Not today.' })),
    (error) => error instanceof RejectedError && /Not today\./.test(error.message),
  )
  const signal = AbortSignal.timeout(50)
  await assert.rejects(client.request('GET', '/scim/Users', { ...faulty('hang'), signal }), {
    name: 'TimeoutError',
  })
})

const MISTAKES = [
  [['TRACE', '/x'], 'method'],
  [[undefined, '/x'], 'method'],
  [['GET', 'x'], 'path'],
  [['GET', undefined], 'path'],
  [['GET', '//evil.example/x'], 'path'],
  [['GET', '/a/%2e%2E/b'], 'path'],
  [['GET', '/a?b=c'], 'path'],
  [['GET', '/a', { query: 'b=c' }], 'query'],
  [['GET', '/a', { query: { b: {} } }], 'query.b'],
  [['GET', '/a', { query: { b: [NaN] } }], 'query.b'],
  [['POST', '/a', { body: { a: [() => 1] } }], 'body'],
  [['POST', '/a', { body: { a: NaN } }], 'body'],
  [['POST', '/a', { body: new Date(NaN) }], 'body'],
  [['POST', '/a', { body: { a: 10n ** 20n } }], 'body'],
  [['POST', '/a', { boddy: {} }], 'boddy'],
  [['POST', '/a', { timeoutMs: 0 }], 'timeoutMs'],
]

test('what cannot be sent is refused, named and not sent', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  for (const [args, field] of MISTAKES) {
    await assert.rejects(client.request(...args), (error) => {
      assert.ok(error instanceof InvalidArgumentError, error.stack)
      assert.deepEqual([error.field, error.operation], [field, 'request'], error.message)
      return true
    })
  }
  assert.deepEqual(tenant.requests(), [])
})
