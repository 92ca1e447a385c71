// Secrets never print: not in what people log, serialise or throw.

import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import { test } from 'node:test'
import { format, inspect } from 'node:util'

import {
  authorizationCode,
  Client,
  clientCredentials,
  platformToken,
  staticToken,
  tokenFunction,
  userLogin,
} from 'cyberark-identity'

import { connect, faulty, startTenant } from './support.mjs'

const SECRET = 'hunter2-do-not-print'
const PASSWORD = 'Made-Up-Pass-1'

/** Every way in which people make text of a value. */
function printed(value) {
  return [
    String(value),
    format('%s %o %O %j', value, value, value, value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true, showProxy: true }),
    inspect({ nested: [value] }, { depth: Infinity, showHidden: true }),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    value instanceof Error ? value.stack : '',
    ...Object.getOwnPropertyNames(value),
  ].join('\n')
}

test('credentials and clients print without their secrets, and say what they are', () => {
  const credentials = clientCredentials({ appId: 'app', clientId: 'svc@acme.example', clientSecret: SECRET })
  const token = staticToken(SECRET)
  const client = new Client('https://abc1234.id.cyberark.cloud', {
    auth: token,
    headers: { 'X-Key': SECRET },
  })
  for (const value of [credentials, token, client, client.users, [credentials]]) {
    assert.ok(!printed(value).includes(SECRET))
  }
  assert.equal(inspect(credentials), 'clientCredentials(appId: "app", clientId: "svc@acme.example")')
  assert.equal(inspect(token), 'staticToken(***)')
  assert.equal(inspect(client), 'Client(https://abc1234.id.cyberark.cloud)')
  assert.equal(JSON.stringify({ client }), '{"client":{"tenantUrl":"https://abc1234.id.cyberark.cloud"}}')
  client.close()
})

const others = {
  'platformToken(clientId: "svc@acme.example")': platformToken({
    clientId: 'svc@acme.example',
    clientSecret: SECRET,
  }),
  'tokenFunction(…)': tokenFunction(() => SECRET),
  'authorizationCode(appId: "app", clientId: "client", scope: "api")': authorizationCode({
    appId: 'app',
    clientId: 'client',
    scope: 'api',
    clientSecret: SECRET,
    redirectUri: 'http://127.0.0.1:0/',
    prompt: () => assert.fail(SECRET.length),
  }),
  'userLogin(user: "svc@acme.example")': userLogin({
    user: 'svc@acme.example',
    password: SECRET,
    prompt: null,
  }),
}

for (const [shown, auth] of Object.entries(others)) {
  test(`${shown} prints without its secret, and so do the errors of its calls`, async (t) => {
    assert.ok(!printed(auth).includes(SECRET))
    assert.equal(inspect(auth), shown)
    assert.ok(!printed(structuredClone(auth)).includes(SECRET))
    const client = connect(t, startTenant(t), { auth })
    await assert.rejects(client.users.list(), (error) => {
      assert.ok(!printed(error).includes(SECRET), error.stack)
      return error.name === 'AuthenticationError'
    })
  })
}

test('the emulator prints without its secrets', (t) => {
  const tenant = startTenant(t)
  for (const secret of [tenant.token, tenant.clientSecret]) assert.ok(!printed(tenant).includes(secret))
})

test('errors of settings do not quote what may be a secret in the wrong place', () => {
  const wrong = [
    () => clientCredentials({ appId: 'app', clientId: `svc:${SECRET}`, clientSecret: 5 }),
    () => new Client('https://abc1234.id.cyberark.cloud', { auth: SECRET }),
    () => new Client('https://abc1234.id.cyberark.cloud', { auth: staticToken(`${SECRET} ${SECRET}`) }),
    () => new Client(`https://svc:${SECRET}@abc1234.id.cyberark.cloud`, { auth: staticToken('x') }),
  ]
  for (const make of wrong) {
    assert.throws(make, (error) => {
      assert.ok(!printed(error).includes(SECRET), error.stack)
      return error.name === 'ConfigurationError'
    })
  }
})

test('errors of calls hold no secret, token or password, whatever went wrong', async (t) => {
  const tenant = startTenant(t)
  const { appId, clientId, token } = tenant
  const auth = clientCredentials({ appId, clientId, clientSecret: SECRET })
  const wrong = connect(t, tenant, { auth })
  const good = connect(t, tenant, { auth: tenant.staticToken, maxRetries: 0 })
  const create = { userName: 'a@acme.example', password: PASSWORD }
  const failures = [
    wrong.users.list(),
    good.scim.users.create({ ...create, emails: [{ value: 1 }] }),
    good.scim.users.create(create, faulty('close_before')),
    good.scim.users.create(create, faulty('html_200')),
    good.scim.users.create(create, faulty('unauthorized')),
    good.scim.users.create(create, { ...faulty('hang'), timeoutMs: 50 }),
  ]
  for (const outcome of await Promise.allSettled(failures)) {
    assert.equal(outcome.status, 'rejected')
    for (const secret of [SECRET, PASSWORD, token]) {
      assert.ok(!printed(outcome.reason).includes(secret), outcome.reason.stack)
    }
  }
})

// Calls that send a password. One more way is one more row.
const sends = {
  reset: (client) => client.users.resetPassword({ id: 'u-1', newPassword: PASSWORD }),
  create: (client) =>
    client.users.create({
      name: 'a@acme.example',
      mail: 'a@acme.example',
      password: PASSWORD,
    }),
  scim: (client) =>
    client.scim.users.create({
      userName: 'a@acme.example',
      password: PASSWORD,
    }),
  patch: (client) =>
    client.request('PATCH', '/scim/Users/u-1', {
      body: {
        Operations: [{ op: 'replace', path: 'password', value: PASSWORD }],
      },
    }),
}

for (const [name, send] of Object.entries(sends)) {
  test(`a service that repeats secrets is not repeated: ${name}`, async (t) => {
    const tenant = startTenant(t)
    const client = connect(t, tenant, {
      auth: tenant.staticToken,
      headers: { 'X-Api-Key': SECRET },
    })
    const said = `${PASSWORD}, ${tenant.token} and ${SECRET}`
    const body = {
      success: false,
      Message: said,
      MessageID: said,
      ErrorID: said,
    }
    for (const status of [200, 400, 401, 500]) {
      tenant.clearFaults()
      tenant.addFaults({ action: { status, body } })
      const error = await send(client).then(assert.fail, (reason) => reason)
      const shown = printed(error) + error.asCurl()
      assert.equal(error.messageId, '***, *** and ***')
      for (const secret of [PASSWORD, tenant.token, SECRET]) assert.ok(!shown.includes(secret), shown)
    }
  })
}

test('a service that repeats the secret of a sign-in is not repeated', async (t) => {
  const body = {
    error: 'invalid_client',
    error_description: `nobody has ${SECRET}`,
  }
  const tenant = startTenant(t, { faults: { action: { status: 400, body } } })
  const { appId, clientId } = tenant
  const client = connect(t, tenant, {
    auth: clientCredentials({ appId, clientId, clientSecret: SECRET }),
  })
  const error = await client.users.list().then(assert.fail, (reason) => reason)
  assert.ok(error.message.includes('nobody has ***'), error.message)
  assert.ok(!printed(error).includes(SECRET), error.stack)
  assert.equal(error.asCurl(), undefined)
})

test('the report of the doctor holds none, whatever the service repeats', async (t) => {
  const tenant = startTenant(t)
  const said = `${tenant.token} and ${PASSWORD} and ${SECRET}`
  tenant.addFaults({ action: { status: 400, body: { success: false, Message: said, error: said } } })
  const own = clientCredentials({ appId: 'app', clientId: 'svc@acme.example', clientSecret: SECRET })
  for (const [auth, secret] of [
    [staticToken(tenant.token), tenant.token],
    [own, SECRET],
  ]) {
    const client = connect(t, tenant, { auth, headers: { 'X-Api-Key': PASSWORD }, maxRetries: 0 })
    const report = await client.doctor()
    const shown = printed(report) + printed(report.checks)
    assert.ok(shown.includes('***'))
    assert.ok(!shown.includes(secret))
  }
})

test('an error tells its request as a command line', async (t) => {
  const tenant = startTenant(t, {
    faults: { action: { success_false: 'No.' } },
  })
  const client = connect(t, tenant, { auth: tenant.staticToken })
  const error = await sends.reset(client).then(assert.fail, (reason) => reason)
  const command = error.asCurl()
  assert.match(command, /^curl --request POST /)
  assert.ok(command.includes('--header "Authorization: Bearer $TOKEN"'), command)
  assert.ok(command.includes('"newPassword":"***"'), command)
  assert.ok(command.includes(`--url '${tenant.url}/`), command)
  const refused = await client.users.get({ id: '' }).then(assert.fail, (reason) => reason)
  assert.equal(refused.asCurl(), undefined)
})

test('neither do channels and hooks, also where the service repeats them', async (t) => {
  const tenant = startTenant(t)
  const { appId, clientId, clientSecret, token } = tenant
  const KEY = 'made-up-key'
  const told = []
  const channels = ['call:start', 'call:request', 'call:end', 'call:error', 'retry', 'auth', 'pace', 'hooks']
  for (const name of channels) {
    const take = (message) => told.push(message)
    diagnostics.subscribe(`cyberark-identity:${name}`, take)
    t.after(() => diagnostics.unsubscribe(`cyberark-identity:${name}`, take))
  }
  const hooks = { before: (start) => void told.push(start), after: (end) => void told.push(end) }
  const headers = { 'X-Api-Key': KEY }
  const client = connect(t, tenant, { auth: tenant.staticToken, headers, ...hooks })
  const said = `${PASSWORD}, ${token} and ${KEY}`
  const body = { success: false, Message: said, MessageID: said, ErrorID: said }
  tenant.addFaults({ match: { path: 'Reset' }, action: { status: 500, body } })
  await assert.rejects(client.users.resetPassword({ id: 'u-1', newPassword: PASSWORD }))
  const signing = connect(t, tenant, { auth: clientCredentials({ appId, clientId, clientSecret }), ...hooks })
  await signing.users.list()
  tenant.expireTokens()
  await signing.users.list()
  const text = told.map(printed).join('\n')
  assert.ok(told.length > 10 && text.includes('token_renewed') && text.includes('***, *** and ***'))
  for (const secret of [PASSWORD, token, KEY, clientSecret]) assert.ok(!text.includes(secret), secret)
})
