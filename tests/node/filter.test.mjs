// Filters: what they look like, and that any text in them is compared and means nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { InvalidArgumentError, filter } from 'cyberark-identity'

import { connect, startTenant } from './support.mjs'

/** Texts that mean something to filters, JSON and addresses, and some that are made of them. */
const SPECIAL = [
  '"',
  '\\',
  "'",
  ' or ',
  '%',
  '/',
  '&',
  '#',
  '+',
  '\0',
  '\n',
  '\u007f',
  'Ω',
  '😀',
  '\u2028',
  'a',
]

/** The same texts in every run, so that a failure can be seen again. */
function nastyTexts(count) {
  let state = 20240917
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const text = () => Array.from({ length: 1 + random(8) }, () => SPECIAL[random(SPECIAL.length)]).join('')
  return [
    ...SPECIAL,
    '" or userName sw "',
    "' or userName sw '",
    '\\"',
    ...Array.from({ length: count }, text),
  ]
}

test('a filter is an attribute, an operator and a JSON text', () => {
  assert.equal(filter.userName.startsWith('ana'), 'userName sw "ana"')
  assert.equal(filter.userName.equals('o"b\\n'), 'userName eq "o\\"b\\\\n"')
  assert.equal(filter.emails.value.endsWith('@acme.example'), 'emails.value ew "@acme.example"')
  assert.equal(filter.displayName.contains("d'or"), 'displayName co "d\'or"')
  assert.equal(filter.id.equals('Everybody'), 'id eq "Everybody"')
  assert.equal(filter.members.display.equals('a'), 'members.display eq "a"')
  assert.equal(filter.members.value.equals('a'), 'members.value eq "a"')
  assert.equal(filter.attribute('name.familyName').equals(''), 'name.familyName eq ""')
})

test('whatever a text holds, a filter finds the user with it and nobody else', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 3 }))
  for (const [index, value] of nastyTexts(60).entries()) {
    const made = await client.scim.users.create({
      userName: `nasty.${index}@acme.example`,
      emails: [{ value, type: 'work', primary: true }],
    })
    const found = await client.scim.users.query({ filter: filter.emails.value.equals(value) })
    assert.deepEqual(
      found.map((user) => [user.id, user.emails[0].value]),
      [[made.id, value]],
      JSON.stringify(value),
    )
    await client.scim.users.delete(made.id)
  }
})

test('all operators find groups by parts of their names', async (t) => {
  const { groups } = connect(t, startTenant(t)).scim
  const { id } = await groups.create({ displayName: 'Ops "night" Ω' })
  const { displayName } = filter
  for (const wanted of [
    displayName.equals('Ops "night" Ω'),
    displayName.startsWith('Ops "'),
    displayName.contains('"night"'),
    displayName.endsWith('" Ω'),
    filter.id.equals(id),
  ]) {
    const found = await groups.query({ filter: wanted })
    assert.deepEqual(
      found.map((group) => group.id),
      [id],
      wanted,
    )
  }
  assert.equal((await groups.query({ filter: displayName.equals('ops') })).length, 0)
})

test('what is no text, and a name that is more than a name, are refused', async (t) => {
  const tenant = startTenant(t)
  const { users } = connect(t, tenant).scim
  for (const value of [7, null, undefined, {}]) {
    assert.throws(() => filter.userName.equals(value), InvalidArgumentError)
  }
  for (const name of ['', 'a b', 'userName eq "a" or userName', '(userName', "userName sw '"]) {
    const wanted = filter.attribute(name).equals('x')
    await assert.rejects(users.query({ filter: wanted }), { name: 'InvalidArgumentError', field: 'filter' })
  }
  await assert.rejects(users.query({ filter: filter.userName.equals('half of a pair: \ud83d') }), {
    field: 'filter',
  })
  assert.deepEqual(tenant.requests(), [])
})
