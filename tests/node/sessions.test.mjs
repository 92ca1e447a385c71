// The end of a session, in ways that the scenarios cannot tell.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { connect, startTenant } from './support.mjs'

const REVOKE = '/oauth2/revoke/'

function count(tenant, part) {
  return tenant.requests().filter((request) => request.path.includes(part)).length
}

test('a token that was revoked is not used again', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  assert.equal(await client.revoke(), undefined)
  assert.deepEqual(tenant.requests(), [], 'there is nothing to revoke')
  assert.equal((await client.security.whoami()).user, tenant.clientId)
  assert.equal(await client.revoke(), undefined)
  await client.security.whoami()
  assert.deepEqual(
    [count(tenant, REVOKE), count(tenant, '/oauth2/token/'), count(tenant, 'WhoAmI')],
    [1, 2, 2],
  )
  await client.security.logout()
  await client.security.whoami()
  assert.deepEqual(
    [count(tenant, 'Logout'), count(tenant, '/oauth2/token/'), count(tenant, 'WhoAmI')],
    [1, 3, 3],
  )
})

test('what could not be revoked is kept', async (t) => {
  const action = { status: 400, body: { error: 'invalid_client' } }
  const tenant = startTenant(t, {
    faults: { match: { path: REVOKE, times: 1 }, action },
  })
  const client = connect(t, tenant)
  await client.security.whoami()
  await assert.rejects(client.revoke(), {
    name: 'AuthenticationError',
    operation: 'oauth2.revoke',
    code: 'invalid_client',
  })
  await client.security.whoami()
  assert.equal(count(tenant, '/oauth2/token/'), 1)
  await client.revoke()
  await client.security.whoami()
  assert.equal(count(tenant, '/oauth2/token/'), 2)
})

test('revoking takes the options of a call', async (t) => {
  const tenant = startTenant(t, {
    faults: { match: { path: REVOKE }, action: 'hang' },
  })
  const client = connect(t, tenant)
  await client.security.whoami()
  await assert.rejects(client.revoke({ timeoutMs: 2_000 }), {
    name: 'RequestTimeoutError',
  })
  await assert.rejects(client.revoke({ timeoutMs: 0 }), {
    name: 'InvalidArgumentError',
    field: 'timeoutMs',
  })
  const controller = new AbortController()
  const ending = client.revoke({ signal: controller.signal })
  await tenant.waitForRequests({ path: REVOKE, outcome: 'pending' })
  controller.abort()
  await assert.rejects(ending, { name: 'AbortError' })
  client.close()
  await assert.rejects(client.revoke(), { name: 'ClientClosedError' })
})
