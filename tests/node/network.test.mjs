// Proxies, limits, and what a client tells of its pace.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'

import {
  Client,
  ConfigurationError,
  ConnectionFailedError,
  InvalidArgumentError,
  RequestTimeoutError,
  staticToken,
} from 'cyberark-identity'

import { socksProxy } from './socks.mjs'
import { connect, startTenant } from './support.mjs'

const NOBODY = 'http://127.0.0.1:1'

test('a proxy that is named holds for sign-in, too', async (t) => {
  const tenant = startTenant(t)
  const client = new Client(tenant.url, {
    auth: tenant.credentials,
    proxy: NOBODY,
    maxRetries: 0,
  })
  t.after(() => client.close())
  await assert.rejects(client.users.list(), (error) => {
    assert.ok(error instanceof ConnectionFailedError)
    assert.equal(error.operation, 'oauth2.token')
    return true
  })
  const excepted = new Client(tenant.url, {
    auth: tenant.credentials,
    proxy: NOBODY,
    noProxy: ['127.0.0.1'],
  })
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
    [{ headers: { Authorization: 'Bearer hunter2' } }, /`Authorization` is set by the client/],
    [{ headers: { 'x team': '1' } }, /`x team` is not the name of a header/],
    [{ headers: { 'x-team': 'a\nhunter2' } }, /`x-team` has characters/],
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
  tenant.addFaults({
    match: { path: 'GetUsers', times: 1 },
    action: { status: 429 },
  })
  await client.users.list()
  const { requests, retries, retriesRefused, limit, limitedStatus, inFlight } = client.limits
  assert.deepEqual([requests, retries, retriesRefused], [2, 1, 0])
  assert.deepEqual([limitedStatus, inFlight], [429, 0])
  assert.ok(limit < 16)
})

test('a lost create is found and says so', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  tenant.addFaults({
    match: { method: 'POST', path: '/scim/Users', times: 1 },
    action: { close_before: true, apply: true },
  })
  const response = await client.callRaw('scim.users.create', {
    userName: 'lost@acme.example',
  })
  assert.equal(response.recovered, true)
  assert.equal(response.value.userName, 'lost@acme.example')
})

test('a call has time-outs of its own', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { maxRetries: 0 })
  tenant.addFaults({ match: { path: 'GetUsers', times: 1 }, action: 'hang' })
  await assert.rejects(client.users.list({ readTimeoutMs: 200 }), (error) => {
    assert.ok(error instanceof RequestTimeoutError)
    assert.match(error.message, /nothing came for 0\.2 s/)
    return true
  })
})

test('a call has less time for its connection', async (t) => {
  // Takes connections, and says nothing in the handshake.
  const sockets = []
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new Client(`https://127.0.0.1:${server.address().port}`, {
    auth: staticToken('made-up'),
    maxRetries: 0,
  })
  t.after(() => {
    client.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await assert.rejects(client.users.list({ connectTimeoutMs: 200 }), (error) => {
    assert.ok(error instanceof RequestTimeoutError)
    assert.equal(error.delivery, 'not_sent')
    assert.match(error.message, /within 0\.2 s/)
    return true
  })
})

test('time-outs of a call that cannot work are refused before anything is sent', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  for (const options of [{ connectTimeoutMs: 0 }, { readTimeoutMs: -1 }, { connectTimeoutMs: 11_000 }]) {
    await assert.rejects(client.users.list(options), (error) => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.deepEqual([error.field], Object.keys(options))
      return true
    })
  }
  assert.deepEqual(tenant.requests(), [])
})

test('everything goes through a SOCKS proxy, sign-in included', async (t) => {
  for (const [tls, scheme] of [
    [false, 'socks5'],
    [true, 'socks5h'],
  ]) {
    const tenant = startTenant(t, { tls })
    const { address, targets } = await socksProxy(t)
    const proxy = `${scheme}://me:hunter2@${address}`
    const client = connect(t, tenant, { proxy, caFile: tenant.caFile })
    assert.ok((await client.users.list()).length > 0)
    assert.ok(targets.length >= 1)
    assert.deepEqual([...new Set(targets)], [new URL(tenant.url).host])
    assert.equal(tenant.requests().length, 2, 'the token, and the list')
  }
})

test('a SOCKS proxy that does not know us is an error without its password', async (t) => {
  const tenant = startTenant(t)
  const { address, targets } = await socksProxy(t)
  const client = connect(t, tenant, {
    proxy: `socks5h://me:wr0ng@${address}`,
    maxRetries: 0,
  })
  await assert.rejects(client.users.list(), (error) => {
    assert.ok(error instanceof ConnectionFailedError)
    assert.equal(error.operation, 'oauth2.token')
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /wr0ng/)
    return true
  })
  assert.deepEqual([targets, tenant.requests()], [[], []])
})

test('a connection that was closed while idle is noticed: the next write goes out once', async (t) => {
  const tenant = startTenant(t, { faults: { match: { path: 'GetUserByName' }, action: 'close_after' } })
  const client = connect(t, tenant)
  for (let round = 1; round <= 5; round++) {
    await client.users.getByName('admin@acme.example')
    await tenant.waitForRequests({ outcome: 'closed_after', count: round })
    const userName = `person${round}@acme.example`
    assert.equal((await client.scim.users.create({ userName })).userName, userName)
  }
  const creates = tenant.requests().filter(({ path }) => path === '/scim/Users')
  assert.deepEqual(
    creates.map(({ method, status }) => `${method} ${status}`),
    Array(5).fill('POST 201'),
  )
})
