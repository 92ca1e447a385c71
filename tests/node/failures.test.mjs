// Failures of the service: class, attributes, cause and stack.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  AuthenticationError,
  Client,
  ConflictError,
  ConnectionFailedError,
  IdentityError,
  InvalidRequestError,
  NotFoundError,
  RateLimitedError,
  RejectedError,
  RequestTimeoutError,
  ServerError,
  ServiceError,
  UnexpectedResponseError,
  clientCredentials,
  staticToken,
} from 'cyberark-identity'

import { calls, connect, envelope, faulty, scripted, startTenant } from './support.mjs'

test('a duplicate is a conflict, by status or within a success', async (t) => {
  const client = connect(t, startTenant(t))
  await client.scim.users.create({ userName: 'twice@acme.example' })
  await client.organizations.create({ name: 'Twice' })

  const scim = await rejection(client.scim.users.create({ userName: 'twice@acme.example' }))
  assert.ok(scim instanceof ConflictError && scim instanceof ServiceError && scim instanceof IdentityError)
  assert.ok(scim instanceof Error)
  assert.deepEqual(
    [scim.name, scim.status, scim.code, scim.operation, scim.delivery, scim.attempts],
    ['ConflictError', 409, 'uniqueness', 'scim.users.create', 'answered', 1],
  )

  const platform = await rejection(client.organizations.create({ name: 'Twice' }))
  assert.ok(platform instanceof ConflictError)
  assert.equal(platform.status, 200)
  assert.ok(platform.requestId && platform.errorId)
  assert.equal(String(platform), `ConflictError: ${platform.message}`)
})

test('each failure has its class', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { maxRetries: 0 })
  const missing = '00000000-0000-4000-8000-00000000dead'
  const expected = [
    [() => client.scim.users.get(missing), NotFoundError, { status: 404 }],
    [() => client.users.getByName('nobody@acme.example'), NotFoundError, { status: 200 }],
    [
      () => client.scim.users.query({ filter: 'shoeSize eq "41"' }),
      InvalidRequestError,
      { code: 'invalidFilter' },
    ],
    [
      () => client.users.list(faulty({ status: 429, retry_after: 7 })),
      RateLimitedError,
      { retryAfter: 7, status: 429 },
    ],
    [() => client.users.list(faulty({ status: 503 })), ServerError, { status: 503 }],
    [
      () => client.users.list(faulty('html_200')),
      UnexpectedResponseError,
      { status: 200, delivery: 'answered' },
    ],
    [
      () => client.users.list(faulty('close_before')),
      ConnectionFailedError,
      { delivery: 'unknown', attempts: 1 },
    ],
    [() => client.users.list(faulty({ success_false: 'Not today' })), RejectedError, { status: 200 }],
  ]
  for (const [call, errorClass, attributes] of expected) {
    const error = await rejection(call())
    assert.ok(error instanceof errorClass, `${error.stack}, not ${errorClass.name}`)
    assert.equal(error.name, errorClass.name)
    for (const [name, value] of Object.entries(attributes))
      assert.equal(error[name], value, `${error.name}.${name}`)
  }
})

test('what stands for nothing is no attribute', async (t) => {
  const client = connect(t, startTenant(t))
  const error = await rejection(client.scim.users.get('00000000-0000-4000-8000-00000000dead'))
  assert.ok(!('field' in error) && !('retryAfter' in error))
})

test('a wrong secret and a refused token end in an authentication error', async (t) => {
  const tenant = startTenant(t)
  const { appId, clientId } = tenant
  const wrong = connect(t, tenant, { auth: clientCredentials({ appId, clientId, clientSecret: 'wrong' }) })
  const error = await rejection(wrong.users.list())
  assert.ok(error instanceof AuthenticationError)
  assert.equal(error.code, 'access_denied')
  assert.deepEqual(calls(tenant), [])

  const refused = connect(t, tenant, { auth: staticToken('no-token-of-this-tenant') })
  assert.ok((await rejection(refused.users.list())) instanceof AuthenticationError)
  assert.equal(calls(tenant).length, 1)
})

test('no connection: a cause, and the certainty that nothing was sent', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { auth: tenant.staticToken, maxRetries: 0 })
  tenant.stop()
  const error = await rejection(client.users.list())
  assert.ok(error instanceof ConnectionFailedError)
  assert.equal(error.delivery, 'not_sent')
  assert.ok(error.cause instanceof Error)
  const causes = []
  for (let cause = error.cause; cause; cause = cause.cause) causes.push(cause.message)
  assert.match(causes.join('\n'), /refused/i)
})

test('time-outs: of the client, and of one call', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { timeoutMs: 2_500 })
  const hang = faulty('hang')
  const slow = await rejection(client.users.list(hang))
  assert.ok(slow instanceof RequestTimeoutError)
  assert.equal(slow.delivery, 'unknown')
  assert.match(slow.message, /2\.5 s/)
  const patient = connect(t, tenant)
  assert.match((await rejection(patient.users.list({ ...hang, timeoutMs: 2_000 }))).message, /2 s/)
  await tenant.waitForRequests({ outcome: 'client_closed', count: 2 })
})

test('the stack leads to the line of the call, however late the failure', async (t) => {
  const client = connect(t, startTenant(t))
  async function lookSomebodyUp() {
    return await client.scim.users.get('00000000-0000-4000-8000-00000000dead')
  }
  const late = await rejection(lookSomebodyUp())
  assert.match(late.stack, /lookSomebodyUp.*failures\.test\.mjs:\d+/)
  const early = await rejection(client.scim.users.get(''))
  assert.match(early.stack, /failures\.test\.mjs:\d+/)
})

test('an answer of another layout is an unexpected response that says where', async (t) => {
  const layouts = [
    [(client) => client.users.get('x'), envelope([1]), /expected an object, found a list/],
    [(client) => client.users.list(), envelope('x'), /expected rows of a query, or a list, found string/],
    [(client) => client.users.list(), envelope({ Results: [{}] }), /an object with a `Row`/],
    [(client) => client.scim.users.query(), { body: '{"Resources": 7}' }, /expected a list, found number/],
    [(client) => client.scim.users.get('x'), { body: `{"id": ${' '.repeat(5000)}` }, /cannot be read/],
    [
      (client) => client.scim.users.get('x'),
      { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
      /utf-8/,
    ],
  ]
  for (const [call, answer, message] of layouts) {
    const client = await scripted(t, () => ({ ...answer, headers: { 'X-CFY-TX-ID': 'tx-1' } }))
    const error = await rejection(call(client))
    assert.ok(error instanceof UnexpectedResponseError, error.stack)
    assert.match(error.message, message)
    assert.deepEqual([error.status, error.delivery, error.requestId], [200, 'answered', 'tx-1'])
  }
})

test('a client that is closed ends its calls, and takes no others', async (t) => {
  const tenant = startTenant(t)
  const client = new Client(tenant.url, { auth: tenant.credentials })
  const underWay = rejection(client.users.list(faulty('hang')))
  await tenant.waitForRequests({ path: 'GetUsers' })
  client.close()
  const error = await underWay
  assert.deepEqual(
    [error.name, error.operation, error.delivery],
    ['ClientClosedError', 'users.list', 'unknown'],
  )
  await tenant.waitForRequests({ outcome: 'client_closed' })
  client.close()
  assert.deepEqual((await rejection(client.users.list())).delivery, 'not_sent')
})

test('closing one client leaves the calls of another alone', async (t) => {
  const tenant = startTenant(t, { seedUsers: 1 })
  const [one, other] = [connect(t, tenant), connect(t, tenant)]
  const list = other.users.list(faulty({ delay_ms: 50 }))
  const ended = rejection(one.users.list(faulty('hang')))
  await tenant.waitForRequests({ path: 'GetUsers', count: 2 })
  one.close()
  await ended
  assert.ok((await list).length > 0)
})

async function rejection(promise) {
  return await promise.then(
    (value) => assert.fail(`it succeeded with ${JSON.stringify(value)}`),
    (reason) => reason,
  )
}
