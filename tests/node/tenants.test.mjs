// Several tenants in one process: what belongs to one does not reach another.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AuthenticationError, RateLimitedError } from 'cyberark-identity'

import { calls, connect, startTenant } from './support.mjs'

const ADMIN = 'admin@acme.example'

test('a token is not taken to another tenant, even where one object says how to sign in to both', async (t) => {
  const [tenant, other] = [startTenant(t), startTenant(t)]
  const auth = tenant.credentials
  const [first, second] = [connect(t, tenant, { auth }), connect(t, other, { auth })]
  assert.equal((await first.users.getByName(ADMIN)).name, ADMIN)
  await assert.rejects(second.users.getByName(ADMIN), AuthenticationError)
  assert.equal((await first.users.getByName(ADMIN)).name, ADMIN)
  assert.equal(tenant.requests().length, 3)
  assert.deepEqual(calls(other), [])
  assert.equal(other.requests().length, 1)
})

test('a tenant that is busy holds up no other', async (t) => {
  const [tenant, other] = [startTenant(t), startTenant(t)]
  tenant.addFaults({ match: { path: 'GetUserByName' }, action: { status: 429, retry_after: 30 } })
  const held = connect(t, tenant, { maxRetries: 0 })
  const free = connect(t, other)
  await assert.rejects(held.users.getByName(ADMIN), RateLimitedError)
  for (let round = 0; round < 3; round++) assert.equal((await free.users.getByName(ADMIN)).name, ADMIN)
  assert.ok(held.limits.heldForMs > 0)
  assert.equal(free.limits.heldForMs, null)
  assert.deepEqual([tenant.requests().length, other.requests().length], [2, 4])
})
