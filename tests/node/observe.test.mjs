// What can be seen of calls: their names, hooks, and channels.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'

import {
  AuthenticationError,
  Client,
  ConfigurationError,
  InvalidArgumentError,
  NotFoundError,
  RequestTimeoutError,
} from 'cyberark-identity'

import { calls, connect, faulty, startTenant } from './support.mjs'

const NAME = 'admin@acme.example'
const CALL = /^[0-9a-f]{32}$/
const BUSY = { match: { path: 'GetUserByName', times: 1 }, action: { status: 503 } }

/** What is published on these channels while the test runs. */
function subscribe(t, ...names) {
  const heard = []
  for (const name of names) {
    const channel = `cyberark-identity:${name}`
    const take = (message) => heard.push({ channel: name, ...message })
    diagnostics.subscribe(channel, take)
    t.after(() => diagnostics.unsubscribe(channel, take))
  }
  return heard
}

const EVERYTHING = ['call:start', 'call:request', 'call:end', 'call:error', 'retry', 'auth', 'pace', 'hooks']

/** Channels and events in their order. */
function lines(heard) {
  return heard.map(({ channel, event }) => (event ? `${channel} ${event}` : channel))
}

test('a plain call is told from its beginning to its end', async (t) => {
  const client = connect(t, startTenant(t))
  const heard = subscribe(t, ...EVERYTHING)
  await client.users.getByName(NAME)
  assert.deepEqual(lines(heard), ['call:start', 'auth token_fetched', 'call:request sent', 'call:end'])
  const [start, , , end] = heard
  assert.match(start.callId, CALL)
  assert.ok(heard.every(({ callId }) => callId === start.callId))
  const { operation, method, host, template, retry } = start
  assert.deepEqual(
    { operation, method, host, template, retry },
    {
      operation: 'users.get_by_name',
      method: 'POST',
      host: '127.0.0.1',
      template: '/CDirectoryService/GetUserByName',
      retry: 'safe',
    },
  )
  assert.deepEqual([end.outcome, end.attempts, end.status], ['success', 1, 200])
  assert.ok(end.durationMs > 0 && end.bytesSent > 0 && end.bytesReceived > 0)
  assert.ok(end.requestId)
})

test('so is what goes wrong and is repaired', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  await client.users.getByName(NAME)
  tenant.expireTokens()
  tenant.addFaults(BUSY)
  const heard = subscribe(t, ...EVERYTHING)
  await client.users.getByName(NAME)
  const told = lines(heard)
  for (const line of ['auth token_refused', 'auth token_renewed', 'retry retrying']) {
    assert.ok(told.includes(line), `${line} is not in ${told}`)
  }
  const retry = heard.find(({ event }) => event === 'retrying')
  assert.ok(retry.waitMs > 0)
  assert.equal(retry.errorType, 'ServerError')
  assert.match(retry.message, /^users.get_by_name: sent again in .* failed: ServerError \(HTTP 503\)/)
  assert.equal(heard.at(-1).attempts, 3)
})

test('a call that fails, one out of time, and one that is aborted', async (t) => {
  const client = connect(t, startTenant(t))
  const heard = subscribe(t, 'call:end', 'call:error')
  const ends = []
  const hooked = connect(t, startTenant(t), { after: (end) => void ends.push(end) })
  const missing = await client.users.getByName('nobody@acme.example').then(assert.fail, (error) => error)
  assert.ok(missing instanceof NotFoundError)
  assert.deepEqual(lines(heard), ['call:error', 'call:end'])
  assert.equal(heard[0].error, missing)
  assert.equal(heard[0].callId, missing.callId)
  assert.equal(heard[1].outcome, 'NotFoundError')

  const late = await hooked.users.list({ ...faulty('hang'), timeoutMs: 2_000 }).then(assert.fail, (e) => e)
  assert.ok(late instanceof RequestTimeoutError)
  const signal = AbortSignal.timeout(2_000)
  const aborted = await hooked.users.list({ ...faulty('hang'), signal }).then(assert.fail, (e) => e)
  assert.deepEqual(
    ends.map(({ outcome, error, attempts }) => [outcome, error, attempts]),
    [
      ['RequestTimeoutError', late, 1],
      ['cancelled', aborted, 1],
    ],
  )
  assert.equal(ends[0].callId, late.callId)
})

test('a call that is aborted tells how many requests were sent', async (t) => {
  const tenant = startTenant(t)
  const ends = []
  const client = connect(t, tenant, { after: (end) => void ends.push(end) })
  tenant.addFaults([BUSY, { match: { path: 'GetUserByName' }, action: 'hang' }])
  const controller = new AbortController()
  const call = client.users.getByName(NAME, { signal: controller.signal })
  await tenant.waitForRequests({ path: 'GetUserByName', count: 2 })
  controller.abort()
  await assert.rejects(call, { name: 'AbortError' })
  assert.deepEqual([ends[0].outcome, ends[0].attempts], ['cancelled', 2])
})

test('a hook adds traceparent, in the context of the caller, for pages of a list, too', async (t) => {
  const tenant = startTenant(t, { seedUsers: 50 })
  const context = new AsyncLocalStorage()
  const before = async (start) => {
    await null
    start.addHeader('traceparent', `00-${start.callId}-${context.getStore()}-01`)
  }
  const client = connect(t, tenant, { before, correlationHeader: 'X-Correlation-Id' })
  await context.run('00f067aa0ba902b7', async () => {
    await client.scim.users.iter({ count: 20 }).toArray()
    await client.request('POST', '/Core/GetDirectoryServices', { body: {} }).catch(() => {})
  })
  const seen = calls(tenant).map(({ headers }) => [headers.traceparent, headers['x-correlation-id']])
  assert.ok(seen.length >= 4)
  for (const [traceparent, id] of seen) assert.equal(traceparent, `00-${id}-00f067aa0ba902b7-01`)
  assert.equal(new Set(seen.map(([, id]) => id)).size, seen.length)
  for (const { path, headers } of tenant.requests()) {
    if (path.startsWith('/oauth2/')) assert.equal(headers.traceparent, undefined)
  }
})

test('what the caller of an operation names wins over a hook', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant, { before: (start) => start.addHeader('X-Who', 'hook') })
  await client.users.list({ extraHeaders: { 'X-WHO': 'caller' } })
  assert.equal(calls(tenant).at(-1).headers['x-who'], 'caller')
})

test('the name of a call is the same in its error, its messages, and the header that is named for it', async (t) => {
  const tenant = startTenant(t)
  const heard = subscribe(t, 'call:start')
  const client = connect(t, tenant, { correlationHeader: 'X-Correlation-Id' })
  const error = await client.users.getByName('nobody@acme.example').catch((e) => e)
  assert.match(error.callId, CALL)
  assert.equal(heard[0].callId, error.callId)
  assert.equal(calls(tenant).at(-1).headers['x-correlation-id'], error.callId)

  const plain = connect(t, tenant)
  await plain.users.list()
  assert.ok(!JSON.stringify(calls(tenant).at(-1).headers).includes('orrelation'))
  assert.throws(() => new Client(tenant.url, { auth: tenant.credentials, correlationHeader: 'Host' }), {
    name: 'ConfigurationError',
    message: /`correlationHeader`: `Host` is set by the client/,
  })
})

test('a hook that throws breaks no call, and is reported', async (t) => {
  const client = connect(t, startTenant(t), {
    before: () => {
      throw new Error('on purpose')
    },
    after: () => Promise.reject(new Error('this one, too')),
  })
  const heard = subscribe(t, 'hooks')
  const warned = []
  const take = (warning) => warned.push(warning)
  process.on('warning', take)
  t.after(() => process.off('warning', take))
  await client.users.list()
  await client.users.list()
  await new Promise(setImmediate)
  assert.deepEqual(
    heard.map(({ hook, error }) => `${hook}: ${error.message}`),
    ['before: on purpose', 'after: this one, too', 'before: on purpose', 'after: this one, too'],
  )
  assert.deepEqual(
    warned.map(({ message }) => message),
    [
      'the hook `before` failed, and the call went on: Error: on purpose',
      'the hook `after` failed, and the call went on: Error: this one, too',
    ],
  )
})

test('what a hook must not set is refused', async (t) => {
  const refused = []
  const client = connect(t, startTenant(t), {
    before(start) {
      for (const name of ['Authorization', 'no header']) {
        assert.throws(
          () => start.addHeader(name, 'x'),
          (error) => refused.push(error) > 0,
        )
      }
    },
  })
  await client.users.list()
  assert.ok(refused[0] instanceof InvalidArgumentError)
  assert.equal(refused[0].field, 'extraHeaders.Authorization')
  assert.match(refused[0].message, /is set by the client/)
  assert.match(refused[1].message, /is not the name of a header/)
  assert.throws(() => connect(t, startTenant(t), { before: 'x' }), ConfigurationError)
})

test('a hook and a subscriber may make calls, of which nobody is told', async (t) => {
  const tenant = startTenant(t)
  let client
  const before = () => client.users.getByName(NAME).then(() => {})
  client = connect(t, tenant, { before })
  const inner = []
  const take = () => inner.push(client.users.getByName(NAME))
  diagnostics.subscribe('cyberark-identity:call:end', take)
  t.after(() => diagnostics.unsubscribe('cyberark-identity:call:end', take))
  await client.users.list()
  await Promise.all(inner)
  assert.equal(inner.length, 1)
  assert.equal(calls(tenant).length, 3)
})

test('a sign-in that fails is told', async (t) => {
  const tenant = startTenant(t)
  const heard = subscribe(t, 'auth')
  tenant.addFaults({ match: { path: 'oauth2' }, action: { status: 401 } })
  const client = connect(t, tenant)
  await assert.rejects(client.users.list(), AuthenticationError)
  assert.deepEqual(lines(heard), ['auth token_failed'])
})

test('the end of a token is told under a name of its own, as is why there is none', async (t) => {
  const tenant = startTenant(t)
  const hooked = []
  const note = () => void hooked.push(1)
  const client = connect(t, tenant, { before: note, after: note })
  await client.users.list()
  const ran = hooked.length
  const heard = subscribe(t, ...EVERYTHING)
  const context = new AsyncLocalStorage()
  const seen = []
  const take = () => seen.push(context.getStore())
  diagnostics.subscribe('cyberark-identity:auth', take)
  t.after(() => diagnostics.unsubscribe('cyberark-identity:auth', take))
  await context.run('the caller', () => client.revoke())
  assert.deepEqual(lines(heard), ['auth token_ended'])
  assert.deepEqual(seen, ['the caller'])
  assert.equal(heard[0].operation, 'revoke')
  assert.match(heard[0].callId, CALL)

  await client.users.list()
  heard.length = 0
  tenant.addFaults({ match: { path: 'oauth2/revoke' }, action: { status: 503 } })
  const error = await client.revoke().then(assert.fail, (e) => e)
  assert.deepEqual(lines(heard), ['retry retrying', 'retry retrying'])
  assert.ok(heard.every(({ callId }) => callId === error.callId))
  assert.equal(hooked.length, ran * 2, 'hooks run for calls alone')
})

test('what the doctor asks is told under one name, and is no call', async (t) => {
  const tenant = startTenant(t)
  const hooked = []
  const client = connect(t, tenant, {
    before: (start) => hooked.push(start),
    after: (end) => hooked.push(end),
  })
  const heard = subscribe(t, 'call:start', 'call:request', 'call:end', 'call:error', 'auth', 'retry')
  const busy = { match: { path: '/scim/Groups', times: 1 }, action: { status: 503 } }
  tenant.addFaults(busy)
  const report = await client.doctor()
  assert.ok(report.ok, String(report))
  const asked = heard.filter(({ event }) => event === 'sent').map(({ operation }) => operation)
  assert.deepEqual(asked.slice(0, 2), ['security.whoami', 'attributes.get_schema'])
  assert.equal(asked.filter((operation) => operation === 'scim.groups.query').length, 2)
  assert.equal(
    asked.length,
    calls(tenant).length - 1,
    'all but the look at the connection, which is no operation',
  )
  const events = new Set(heard.map(({ event }) => event))
  assert.deepEqual(events, new Set(['token_fetched', 'sent', 'failed', 'retrying']))
  assert.equal(new Set(heard.map(({ callId }) => callId)).size, 1)
  assert.match(heard[0].callId, CALL)
  assert.deepEqual(hooked, [])
})

test('worker threads have channels of their own, and nothing keeps the process alive', async (t) => {
  const tenant = startTenant(t)
  const { url, token } = tenant
  const script = `
    const { workerData, parentPort } = require('node:worker_threads')
    const { subscribe } = require('node:diagnostics_channel')
    const { Client, staticToken } = require(workerData.package)
    let ended = 0
    subscribe('cyberark-identity:call:end', () => ended++)
    const client = new Client(workerData.url, { auth: staticToken(workerData.token), before() {} })
    Promise.all(Array.from({ length: 20 }, () => client.users.list())).then(() => parentPort.postMessage(ended))
  `
  const heard = subscribe(t, 'call:end')
  const here = new URL('../../bindings-node/dist/index.js', import.meta.url).pathname
  const worker = () => new Worker(script, { eval: true, workerData: { url, token, package: here } })
  const workers = [worker(), worker(), worker()]
  const exits = Promise.all(workers.map((one) => once(one, 'exit')))
  const told = await Promise.all(workers.map((one) => once(one, 'message')))
  assert.deepEqual(told.flat(), [20, 20, 20])
  assert.deepEqual((await exits).flat(), [0, 0, 0])
  assert.equal(heard.length, 0)
})
