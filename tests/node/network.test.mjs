// Proxies, limits, and what a client tells of its pace.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'

import {
  Client,
  ConfigurationError,
  ConnectionFailedError,
  InvalidArgumentError,
  RateLimitedError,
  RequestTimeoutError,
  staticToken,
} from 'cyberark-identity'

import { closedProxy, proxyOfAnyName, socksProxy } from './proxies.mjs'
import { connect, listening, runScript, startTenant } from './support.mjs'

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

/** The environment of this process, with these proxies and no others. */
function environment(proxies) {
  const ours = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name))
  return { ...Object.fromEntries(ours), ...proxies }
}

test('a proxy of the environment holds for sign-in, too', async (t) => {
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
    const { address, targets } = await closedProxy(t)
    const ended = await runScript(
      `
      import { Client, clientCredentials } from 'cyberark-identity'
      const auth = clientCredentials({ appId: 'app', clientId: 'svc@acme.example', clientSecret: 'made-up' })
      const client = new Client('abc1234', { auth, maxRetries: 0 })
      await client.users.list().catch((error) => console.log(error.name, error.operation))
    `,
      { env: environment({ [name]: `http://${address}` }) },
    )
    const stdout = 'ConnectionFailedError oauth2.token\n'
    assert.deepEqual(ended, { code: 0, signal: null, stdout, stderr: '' })
    assert.deepEqual(targets, ['abc1234.id.cyberark.cloud:443'])
  }
})

// A name that has no address: its first label is longer than names may have, so that no resolver is asked.
const NOWHERE = `${'tenant'.repeat(11)}.example`

/** Reads from a tenant of that name, in a process with these proxies. Gives what that wrote. */
async function askNowhere({ appId, clientId, clientSecret }, proxies) {
  const settings = { host: NOWHERE, appId, clientId, clientSecret }
  const ended = await runScript(
    `
    import { Client, clientCredentials } from 'cyberark-identity'
    const { host, ...credentials } = ${JSON.stringify(settings)}
    const auth = clientCredentials(credentials)
    const client = new Client('http://' + host, { auth, allowPlainHttp: [host], maxRetries: 0 })
    await client.users.list().then(
      (users) => console.log(users.length > 0 ? 'read' : 'nothing'),
      (error) => console.log(error.name, error.operation, error.delivery),
    )
  `,
    { env: environment(proxies) },
  )
  assert.equal(ended.stderr, '')
  return ended.stdout.trim()
}

test('plain http goes through the proxy of the environment with every request', async (t) => {
  const tenant = startTenant(t)
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) {
    const { address, targets } = await proxyOfAnyName(t, tenant)
    assert.equal(await askNowhere(tenant, { [name]: `http://${address}` }), 'read', name)
    const paths = [`/oauth2/token/${tenant.appId}`, '/CDirectoryService/GetUsers']
    assert.deepEqual(
      targets,
      paths.map((path) => `http://${NOWHERE}${path}`),
    )
  }
})

test('hosts that the environment excepts are not asked of its proxy', async (t) => {
  const tenant = startTenant(t)
  const { address, targets } = await proxyOfAnyName(t, tenant)
  const proxies = { HTTP_PROXY: `http://${address}` }
  for (const exception of [
    { NO_PROXY: NOWHERE },
    { no_proxy: '.example' },
    { NO_PROXY: 'elsewhere.example,example' },
    { NO_PROXY: '*' },
  ]) {
    const said = await askNowhere(tenant, { ...proxies, ...exception })
    assert.equal(said, 'ConnectionFailedError oauth2.token not_sent', JSON.stringify(exception))
  }
  assert.deepEqual([targets, tenant.requests()], [[], []])
  assert.equal(await askNowhere(tenant, { ...proxies, NO_PROXY: 'elsewhere.example' }), 'read')
  assert.equal(targets.length, 2)
})

/** Checks the error of a write that is sent once at the most, and was not. */
async function refusedWrite(t, url, settings, words) {
  const client = new Client(url, { auth: staticToken('made-up'), maxRetries: 0, ...settings })
  t.after(() => client.close())
  await assert.rejects(client.scim.users.create({ userName: 'ana@acme.example' }), (error) => {
    assert.ok(error instanceof ConnectionFailedError, String(error))
    assert.deepEqual([error.operation, error.delivery], ['scim.users.create', 'not_sent'])
    assert.match(error.message, words)
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /wr0ng/)
    return true
  })
}

test('a proxy that asks who is there is an error, and nothing goes around it', async (t) => {
  for (const tls of [false, true]) {
    const tenant = startTenant(t, { tls })
    const { address, targets } = await closedProxy(t, '407 Proxy Authentication Required')
    const settings = { proxy: `http://me:wr0ng@${address}`, caFile: tenant.caFile }
    const words = /no connection: .*proxy authorization required.*the URL of the `proxy`/s
    await refusedWrite(t, tenant.url, settings, words)
    assert.deepEqual([targets.length, tenant.requests()], [1, []])
  }
})

test('a handshake that breaks is an error, and nothing is sent', async (t) => {
  for (const answer of ['', 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
    const received = []
    const server = createServer((socket) => {
      socket.on('data', ([first]) => received.push(first))
      socket.once('data', () => socket.end(answer))
    })
    const address = await listening(t, server)
    await refusedWrite(t, `https://${address}`, {}, /no connection: /)
    const [handshake, alert] = [0x16, 0x15]
    assert.deepEqual(
      received.filter((first) => first !== alert),
      [handshake],
    )
  }
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

test('no more requests are under way than the settings allow', async (t) => {
  const tenant = startTenant(t, { faults: { match: { path: 'GetUsers', times: 1 }, action: 'hang' } })
  const client = connect(t, tenant, { auth: tenant.staticToken, maxConcurrency: 1 })
  const controller = new AbortController()
  const hung = client.users.list({ signal: controller.signal })
  await tenant.waitForRequests({ path: 'GetUsers', outcome: 'pending' })
  let isOver = false
  const other = client.users.list().finally(() => (isOver = true))
  while (client.limits.waiting === 0 && !isOver) await setImmediate()
  const { limit, inFlight } = client.limits
  assert.deepEqual([limit, inFlight], [1, 1])
  controller.abort()
  await assert.rejects(hung, { name: 'AbortError' })
  assert.ok((await other).length > 0)
  assert.equal(client.limits.waits, 1)
  assert.equal(tenant.requests().length, 2)
  const unpaced = connect(t, tenant, { maxConcurrency: 0 })
  await unpaced.users.list()
  assert.equal(unpaced.limits.limit, null)
})

test('for how long the service may ask to wait is a setting', async (t) => {
  const busy = { match: { path: 'GetUsers' }, action: { status: 429, retry_after: 5 } }
  const tenant = startTenant(t, { faults: busy })
  const client = connect(t, tenant, { maxRetryAfterMs: 4_000 })
  await assert.rejects(client.users.list(), (error) => {
    assert.ok(error instanceof RateLimitedError)
    assert.deepEqual([error.retryAfter, error.attempts], [5, 1])
    return true
  })
  assert.equal(tenant.requests().length, 2, 'the token, and the list')
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
  const address = await listening(t, createServer())
  const client = new Client(`https://${address}`, { auth: staticToken('made-up'), maxRetries: 0 })
  t.after(() => client.close())
  const refusal = (words) => (error) => {
    assert.ok(error instanceof RequestTimeoutError)
    assert.equal(error.delivery, 'not_sent')
    assert.match(error.message, words)
    return true
  }
  await assert.rejects(client.users.list({ connectTimeoutMs: 200 }), refusal(/within 0\.2 s/))
  // And so may all calls of a client.
  const impatient = new Client(`https://${address}`, {
    auth: staticToken('made-up'),
    maxRetries: 0,
    connectTimeoutMs: 200,
    timeoutMs: 5_000,
  })
  t.after(() => impatient.close())
  await assert.rejects(impatient.users.list(), refusal(/no connection/))
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

test('connections are used again', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  for (let call = 0; call < 50; call++) await client.users.getByName('admin@acme.example')
  // Whether one is back in time is up to the worker; that there are not as many as calls is not.
  const connections = new Set(tenant.requests().map(({ connection }) => connection))
  assert.ok(connections.size <= 5, `${connections.size} connections`)
})

test('one that was closed long after the answer is noticed, too', async (t) => {
  const [seen, sockets] = [[], []]
  const answer = '{"id": "1", "userName": "ana@acme.example", "totalResults": 0, "Resources": []}'
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url.split('?')[0]}`)
    request.resume().on('end', () => response.end(answer))
  })
  server.on('connection', (socket) => sockets.push(socket))
  const client = new Client(`http://${await listening(t, server)}`, { auth: staticToken('made-up') })
  t.after(() => client.close())
  await client.scim.users.get('1')
  sockets[0].destroy()
  await once(sockets[0], 'close')
  await client.scim.users.create({ userName: 'ana@acme.example' })
  assert.deepEqual(seen, ['GET /scim/Users/1', 'POST /scim/Users'])
  assert.equal(sockets.length, 2)
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
