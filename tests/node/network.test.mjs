// Proxies, limits, and what a client tells of its pace.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Client, ConfigurationError, ConnectionFailedError } from 'cyberark-identity'

import { connect, startTenant } from './support.mjs'

const NOBODY = 'http://127.0.0.1:1'

test('a proxy that is named holds for sign-in, too', async (t) => {
  const tenant = startTenant(t)
  const client = new Client(tenant.url, { auth: tenant.credentials, proxy: NOBODY, maxRetries: 0 })
  t.after(() => client.close())
  await assert.rejects(client.users.list(), (error) => {
    assert.ok(error instanceof ConnectionFailedError)
    assert.equal(error.operation, 'oauth2.token')
    return true
  })
  const excepted = new Client(tenant.url, { auth: tenant.credentials, proxy: NOBODY, noProxy: ['127.0.0.1'] })
  t.after(() => excepted.close())
  assert.ok((await excepted.users.list()).length > 0)
})

test('settings that cannot work are refused without their secrets', (t) => {
  const tenant = startTenant(t)
  const auth = tenant.credentials
  for (const [settings, words] of [
    [{ proxy: 'ftp://me:hunter2@proxy' }, /proxy/],
    [{ clientCertificate: 'cert.pem' }, /`clientKey`/],
    [{ readTimeoutMs: 0 }, /readTimeoutMs|time-out of 0 s/],
  ]) {
    assert.throws(
      () => new Client(tenant.url, { auth, ...settings }),
      (error) => {
        assert.ok(error instanceof ConfigurationError)
        assert.match(error.message, words)
        assert.doesNotMatch(error.message, /hunter2/)
        return true
      },
    )
  }
})

test('a client tells of its pace', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  tenant.addFaults({ match: { path: 'GetUsers', times: 1 }, action: { status: 429 } })
  await client.users.list()
  const { requests, limit, limitedStatus, inFlight } = client.limits
  assert.deepEqual([requests, limitedStatus, inFlight], [2, 429, 0])
  assert.ok(limit < 16)
})

test('a lost create is found and says so', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  tenant.addFaults({
    match: { method: 'POST', path: '/scim/Users', times: 1 },
    action: { close_before: true, apply: true },
  })
  const response = await client.callRaw('scim.users.create', { userName: 'lost@acme.example' })
  assert.equal(response.recovered, true)
  assert.equal(response.value.userName, 'lost@acme.example')
})
