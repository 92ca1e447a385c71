// Whole processes: how they end, what keeps them alive, worker threads, and errors that nobody caught.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker, threadId } from 'node:worker_threads'

import { connect, fiftyPeople, here, run, runScript, start, startTenant } from './support.mjs'

const HANG = { extraHeaders: { 'X-Emulator-Fault': '"hang"' } }
const PREPARE = (tenant) => `
  import { Client, staticToken } from 'cyberark-identity'
  const client = new Client(${JSON.stringify(tenant.url)}, { auth: staticToken(${JSON.stringify(tenant.token)}) })
  const hang = ${JSON.stringify(HANG)}
`

test('a program ends by itself, with a client and a tenant that nobody closed', async () => {
  const ended = await runScript(`
    import { Client } from 'cyberark-identity'
    import { Emulator } from 'cyberark-identity/emulator'
    const tenant = Emulator.start({ seedUsers: 2 })
    const client = new Client(tenant.url, { auth: tenant.credentials })
    console.log((await client.users.list()).length)
  `)
  assert.deepEqual(ended, { code: 0, signal: null, stdout: '4\n', stderr: '' })
})

test('a call that nobody awaits keeps the process alive until it is done', async (t) => {
  const tenant = startTenant(t)
  const ended = await runScript(`${PREPARE(tenant)}
    const slow = { extraHeaders: { 'X-Emulator-Fault': '{"delay_ms": 150}' } }
    client.users.list(slow).then(() => console.log('done'))
  `)
  assert.deepEqual(ended, { code: 0, signal: null, stdout: 'done\n', stderr: '' })
})

test('what is aborted or closed no longer keeps the process alive', async (t) => {
  const tenant = startTenant(t)
  const ended = await runScript(`${PREPARE(tenant)}
    const controller = new AbortController()
    client.users.list({ ...hang, signal: controller.signal }).catch((error) => console.log(error.name))
    client.users.list(hang).catch((error) => console.log(error.name))
    setTimeout(() => { controller.abort(); client.close() }, 20)
  `)
  assert.deepEqual(ended, { code: 0, signal: null, stdout: 'AbortError\nClientClosedError\n', stderr: '' })
})

test('process.exit with calls under way ends at once and quietly', async (t) => {
  const tenant = startTenant(t)
  for (let round = 0; round < 3; round++) {
    const ended = await runScript(`${PREPARE(tenant)}
      for (let i = 0; i < 50; i++) client.users.list(i % 2 ? hang : {}).catch(() => {})
      setImmediate(() => process.exit(7))
    `)
    assert.deepEqual(ended, { code: 7, signal: null, stdout: '', stderr: '' })
  }
})

test('a program that is killed in the middle of a call leaves no connection', async (t) => {
  const tenant = startTenant(t)
  const child = start(t, ['--input-type=module', '--eval', `${PREPARE(tenant)} client.users.list(hang)`])
  await tenant.waitForRequests({ outcome: 'pending', path: 'GetUsers' })
  child.kill('SIGTERM')
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGTERM')
  await tenant.waitForRequests({ outcome: 'client_closed' })
})

test('an error that nobody caught shows its class, its facts and the line of the call', async (t) => {
  const tenant = startTenant(t)
  const ended = await run(['uncaught.mjs', tenant.url, tenant.token])
  assert.equal(ended.code, 1)
  assert.match(ended.stderr, /NotFoundError: scim\.users\.get: /)
  assert.match(ended.stderr, /findPerson .*uncaught\.mjs:9/)
  assert.match(ended.stderr, /status: 404/)
  assert.ok(!ended.stderr.includes(tenant.token))
})

test('warnings: none, with all of them asked for', async (t) => {
  const tenant = startTenant(t)
  const ended = await run([
    '--trace-warnings',
    '--pending-deprecation',
    '--throw-deprecation',
    '--input-type=module',
    '--eval',
    `${PREPARE(tenant)}
      await client.users.list()
      await client.users.get('').catch(() => {})`,
  ])
  assert.deepEqual(ended, { code: 0, signal: null, stdout: '', stderr: '' })
})

test('worker threads call side by side, each for itself', async (t) => {
  const tenant = startTenant(t)
  const workers = Array.from({ length: 3 }, () => worker(tenant, 'calls'))
  const own = fiftyPeople(connect(t, tenant), threadId)
  const others = workers.map(async (one) => (await once(one, 'message'))[0])
  const ids = (await Promise.all([own, ...others])).flat()
  assert.equal(new Set(ids).size, 200)
  const creates = tenant.requests().filter(({ method, status }) => method === 'POST' && status === 201)
  assert.equal(creates.length, 200)
  await Promise.all(workers.map((one) => one.terminate()))
})

test('a worker that ends with calls under way drops them and harms nobody', async (t) => {
  const tenant = startTenant(t)
  const client = connect(t, tenant)
  for (let round = 0; round < 3; round++) {
    tenant.clearRequests()
    const one = worker(tenant, 'hangs')
    await tenant.waitForRequests({ path: 'GetUsers', outcome: 'pending', count: 5 })
    await one.terminate()
    await tenant.waitForRequests({ outcome: 'client_closed', count: 5 })
    assert.ok((await client.users.list()).length > 0)
  }
})

test('a package that was loaded in workers only survives their end', async (t) => {
  const tenant = startTenant(t)
  const ended = await runScript(`
    import { once } from 'node:events'
    import { Worker } from 'node:worker_threads'
    for (let round = 0; round < 3; round++) {
      const workers = ['calls', 'hangs'].map((what) =>
        new Worker('./worker.mjs', { execArgv: [], workerData: { url: ${JSON.stringify(tenant.url)}, token: ${JSON.stringify(tenant.token)}, what } }))
      await once(workers[0], 'message')
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
    console.log('alive')
  `)
  assert.deepEqual(ended, { code: 0, signal: null, stdout: 'alive\n', stderr: '' })
})

function worker({ url, token }, what) {
  return new Worker(new URL('worker.mjs', `file://${here}`), { workerData: { url, token, what } })
}
