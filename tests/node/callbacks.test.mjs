// Functions of the caller in the middle of a call: tokens, and questions to a person.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'

import { AuthenticationError, Client, tokenFunction, userLogin } from 'cyberark-identity'
import { Emulator } from 'cyberark-identity/emulator'

import { connect, here, run, startTenant } from './support.mjs'

const PERSON = 'ana@acme.example'
const PASSWORD = 'Made-Up-Pass-1'

async function whoAmI(client, options) {
  const { value } = await client.request('POST', '/Security/WhoAmI', { body: {}, ...options })
  return value.User
}

function tokenRequests(tenant) {
  return tenant.requests().filter(({ path }) => path.includes('/oauth2/token')).length
}

async function addPerson(t, tenant) {
  const account = { name: PERSON, mail: 'ana@mail.example', password: PASSWORD, sendEmailInvite: false }
  await connect(t, tenant).users.create(account)
}

test('clients that share credentials share a token', async (t) => {
  const tenant = startTenant(t)
  const auth = tenant.credentials
  const clients = [connect(t, tenant, { auth }), connect(t, tenant, { auth })]
  for (const expected of [1, 2]) {
    const names = await Promise.all(Array.from({ length: 200 }, (_, i) => whoAmI(clients[i % 2])))
    assert.deepEqual(new Set(names), new Set([tenant.clientId]))
    assert.equal(tokenRequests(tenant), expected)
    tenant.expireTokens()
  }
})

test('other credentials do not, and each tenant has its token', async (t) => {
  const [first, second] = [startTenant(t), startTenant(t)]
  for (const client of [connect(t, first), connect(t, first)]) await whoAmI(client)
  assert.equal(tokenRequests(first), 2)
  const tokens = [first.token, second.token]
  const auth = tokenFunction(() => tokens.shift())
  for (const tenant of [first, second]) await whoAmI(connect(t, tenant, { auth }))
  assert.equal(tokens.length, 0)
})

for (const [way, broken] of Object.entries({
  throws: (error) => () => {
    throw error
  },
  rejects: (error) => () => Promise.reject(error),
})) {
  test(`what a function ${way} is the cause`, async (t) => {
    const tenant = startTenant(t)
    const cause = new RangeError('the vault is sealed')
    const client = connect(t, tenant, { auth: tokenFunction(broken(cause)) })
    await assert.rejects(whoAmI(client), (error) => {
      assert.ok(error instanceof AuthenticationError)
      return error.cause === cause
    })
    assert.equal(tenant.requests().length, 0)
  })

  test(`an error of this package that a function ${way} stays as it is`, async (t) => {
    const tenant = startTenant(t)
    const cause = new AuthenticationError('somewhere else')
    const client = connect(t, tenant, { auth: tokenFunction(broken(cause)) })
    await assert.rejects(whoAmI(client), (error) => error === cause)
  })
}

test('what is no text is refused without being shown', async (t) => {
  const tenant = startTenant(t)
  for (const returned of [7, Buffer.from('hunter2'), { token: 'hunter2' }, '']) {
    const client = connect(t, tenant, { auth: tokenFunction(() => returned) })
    await assert.rejects(whoAmI(client), (error) => {
      assert.ok(!error.stack.includes('hunter2'))
      return error.name === 'ConfigurationError'
    })
  }
  assert.equal(tenant.requests().length, 0)
})

test('what is no function is refused at once', () => {
  assert.throws(() => tokenFunction('token'), /must be a function/)
  assert.throws(() => userLogin({ user: PERSON, prompt: 'me' }), /must be a function/)
})

test('a call has its time after the person', async (t) => {
  const tenant = startTenant(t)
  await addPerson(t, tenant)
  const prompt = async () => {
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    return PASSWORD
  }
  const client = connect(t, tenant, { auth: userLogin({ user: PERSON, prompt }), timeoutMs: 2_000 })
  assert.equal(await whoAmI(client), PERSON)
})

test('a call that is aborted in the middle of a question ends at once, and the answer is dropped', async (t) => {
  const tenant = startTenant(t)
  const abort = new AbortController()
  let fail
  const auth = tokenFunction(() => {
    abort.abort()
    return new Promise((_, reject) => (fail = reject))
  })
  await assert.rejects(whoAmI(connect(t, tenant, { auth }), { signal: abort.signal }), { name: 'AbortError' })
  // Nobody waits for it any more, so nobody is told: an unhandled rejection would end this process.
  fail(new Error('too late'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(tenant.requests().length, 0)
})

test('a process ends when the call does, whatever a function still waits for', async (t) => {
  const tenant = startTenant(t)
  const script = `
    import { Client, tokenFunction } from 'cyberark-identity'
    const abort = new AbortController()
    const auth = tokenFunction(() => { abort.abort(); return new Promise(() => {}) })
    const client = new Client(${JSON.stringify(tenant.url)}, { auth })
    await client.users.list({ signal: abort.signal }).catch((error) => console.log(error.name))
  `
  const ended = await run(['--input-type=module', '-e', script])
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, 'AbortError\n', ''])
})

test('functions run on the thread that made them', async (t) => {
  const tenant = startTenant(t)
  const script = `
    const { parentPort, threadId, workerData } = require('node:worker_threads')
    const { Client, tokenFunction } = require('cyberark-identity')
    let asked
    const auth = tokenFunction(() => { asked = threadId; return workerData.token })
    const client = new Client(workerData.url, { auth })
    client.users.list().then(() => parentPort.postMessage(asked === threadId))
  `
  const { url, token } = tenant
  const worker = new Worker(script, { eval: true, workerData: { url, token } })
  assert.deepEqual(await once(worker, 'message'), [true])
  await worker.terminate()
})

const terminal = ['/usr/bin/script', '/bin/script'].find((path) => existsSync(path))

test('the terminal is asked without echo', { skip: terminal === undefined }, async (t) => {
  const tenant = startTenant(t)
  await addPerson(t, tenant)
  const program = `
    const { Client, userLogin } = require('cyberark-identity')
    const client = new Client(process.env.URL, { auth: userLogin({ user: process.env.PERSON }) })
    client.request('POST', '/Security/WhoAmI', { body: {} }).then(({ value }) => console.log('signed in as', value.User))
  `
  const env = { ...process.env, URL: tenant.url, PERSON, PROGRAM: program, NODE: process.execPath }
  const child = spawn(terminal, ['-qec', '"$NODE" -e "$PROGRAM"', '/dev/null'], { env, cwd: here })
  t.after(() => child.kill())
  let shown = ''
  for await (const part of child.stdout.setEncoding('utf8')) {
    if (!shown.includes('password: ') && (shown + part).includes('password: '))
      child.stdin.write(`${PASSWORD}\n`)
    shown += part
  }
  assert.match(shown, new RegExp(`signed in as ${PERSON}`))
  assert.ok(!shown.includes(PASSWORD), shown)
})

test('without a terminal there is nobody to ask', async (t) => {
  const tenant = startTenant(t)
  await addPerson(t, tenant)
  const script = `
    import { Client, userLogin } from 'cyberark-identity'
    const client = new Client(${JSON.stringify(tenant.url)}, { auth: userLogin({ user: ${JSON.stringify(PERSON)} }) })
    await client.users.list().catch((error) => console.log(error.message))
  `
  const ended = await run(['--input-type=module', '-e', script])
  assert.match(ended.stdout, /there is no terminal to ask on/)
})

test('the tenant refuses policies that it does not know', (t) => {
  const tenant = startTenant(t)
  assert.throws(() => tenant.setSignIn({ challenges: [['TELEPATHY']] }), /TELEPATHY/)
  assert.throws(() => tenant.tokenFor('nobody@acme.example'), /no account/)
  assert.equal(tenant.decideSignIn(PERSON, true), false)
  assert.deepEqual(tenant.signIns(), [])
  assert.ok(tenant instanceof Emulator && Client)
})
