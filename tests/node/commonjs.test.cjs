// The package by `require`: the same classes as by `import`.

const assert = require('node:assert/strict')
const { test } = require('node:test')

const identity = require('cyberark-identity')
const { Emulator } = require('cyberark-identity/emulator')

test('require gives a client that works', async (t) => {
  const tenant = Emulator.start({ seedUsers: 1 })
  t.after(() => tenant.stop())
  const client = new identity.Client(tenant.url, { auth: tenant.credentials })
  t.after(() => client.close())
  assert.equal((await client.users.list()).length, 3)
  await assert.rejects(client.users.get(''), identity.InvalidArgumentError)
})

test('import and require give the same things', async () => {
  const imported = await import('cyberark-identity')
  for (const name of Object.keys(identity)) assert.equal(imported[name], identity[name], name)
  const refuse = () => new imported.Client('', { auth: identity.staticToken('made-up-token') })
  assert.throws(refuse, identity.ConfigurationError)
})
