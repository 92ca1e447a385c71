// AbortSignal: before, during and after a call; what the service sees; and what stays behind on the signal.

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import { calls, connect, faulty, startTenant } from './support.mjs'

test('an aborted signal sends nothing', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  const reason = new Error('changed my mind')
  await assert.rejects(client.users.list({ signal: AbortSignal.abort(reason) }), (error) => error === reason)
  await assert.rejects(client.users.list({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.deepEqual(tenant.requests(), [])
})

test('aborting a call drops its connection and rejects with the reason at once', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  const controller = new AbortController()
  const call = client.users.list({ ...faulty('hang'), signal: controller.signal })
  await tenant.waitForRequests({ path: 'GetUsers', outcome: 'pending' })
  const reason = new Error('took too long')
  controller.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  const [dropped] = await tenant.waitForRequests({ path: 'GetUsers', outcome: 'client_closed' })
  assert.equal(dropped.status, null)
  assert.ok((await client.users.list()).length > 0, 'the client works on')
})

test('aborting while the token is fetched sends no call', async (t) => {
  const tenant = startTenant(t, { faults: { match: { prefix: '/oauth2/', times: 1 }, action: 'hang' } })
  const client = connect(t, tenant)
  const controller = new AbortController()
  const call = client.users.list({ signal: controller.signal })
  await tenant.waitForRequests({ path: '/oauth2/' })
  controller.abort()
  await assert.rejects(call, { name: 'AbortError' })
  await tenant.waitForRequests({ path: '/oauth2/', outcome: 'client_closed' })
  assert.deepEqual(calls(tenant), [])
  assert.ok((await client.users.list()).length > 0, 'the next call fetches a token')
})

test('a sign-in that is aborted is taken over by the next who waits for it', async (t) => {
  const tenant = startTenant(t, { faults: { match: { prefix: '/oauth2/', times: 1 }, action: 'hang' } })
  const client = connect(t, tenant)
  const controller = new AbortController()
  const leader = client.users.list({ signal: controller.signal })
  await tenant.waitForRequests({ path: '/oauth2/', outcome: 'pending' })
  const others = Array.from({ length: 10 }, () => client.users.list())
  controller.abort()
  await assert.rejects(leader, { name: 'AbortError' })
  for (const rows of await Promise.all(others)) assert.ok(rows.length > 0)
  assert.equal(tenant.requests().filter(({ path }) => path.startsWith('/oauth2/')).length, 2)
  assert.equal(calls(tenant).length, 10)
})

test('aborting one of many leaves the others alone', async (t) => {
  const tenant = startTenant(t, { seedUsers: 3 })
  const client = connect(t, tenant)
  const rows = await client.users.list()
  const controllers = rows.map(() => new AbortController())
  const gets = rows.map((row, index) => client.users.get(row.uuid, { signal: controllers[index].signal }))
  controllers[0].abort()
  const [first, ...others] = await Promise.allSettled(gets)
  assert.equal(first.reason.name, 'AbortError')
  assert.deepEqual(
    others.map((other) => other.value.uuid),
    rows.slice(1).map((row) => row.uuid),
  )
})

test('aborting afterwards changes nothing', async (t) => {
  const client = connect(t, startTenant(t))
  const controller = new AbortController()
  const rows = await client.users.list({ signal: controller.signal })
  controller.abort()
  assert.ok(rows.length > 0)
})

test('a time-out signal ends the call with its own reason', async (t) => {
  const client = connect(t, startTenant(t))
  const call = client.users.list({ ...faulty('hang'), signal: AbortSignal.timeout(50) })
  await assert.rejects(call, { name: 'TimeoutError' })
})

test('one long-lived signal over 1,000 calls, 100 at a time: no listener stays, and no warning', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  const { signal } = new AbortController()
  const warnings = []
  const warned = (warning) => warnings.push(warning)
  process.on('warning', warned)
  t.after(() => process.off('warning', warned))
  for (let round = 0; round < 10; round++) {
    const batch = Array.from({ length: 100 }, () => client.organizations.list({ signal }))
    await Promise.all(batch)
  }
  await assert.rejects(client.users.get('', { signal }))
  await assert.rejects(client.users.list({ ...faulty('close_before'), signal, timeoutMs: 20 }))
  assert.deepEqual(getEventListeners(signal, 'abort'), [])
  await setImmediate() // warnings are emitted in a later turn of the event loop
  assert.deepEqual(warnings, [])
})
