// The SCIM slice against a server that follows RFC 7644, from Node. Run by test_rfc_server.py.

import assert from 'node:assert/strict'

import { Client, ConflictError, InvalidRequestError, NotFoundError } from 'cyberark-identity'

const client = Client.fromEnv()
const users = client.scim.users

const names = Array.from({ length: 20 }, (_, number) => `user${number}@acme.example`)
const made = await Promise.all(
  names.map((userName) =>
    users.create({ userName, emails: [{ value: userName, type: 'work', primary: true }], active: true }),
  ),
)
assert.deepEqual(
  made.map((user) => user.userName),
  names,
)
assert.ok(made[0].meta.created instanceof Date)
assert.ok((await users.get(made[3].id)).emails[0].value, names[3])

const page = await users.query({ sortBy: 'userName', startIndex: 6, count: 5 })
assert.deepEqual([page.totalResults, page.startIndex, page.length], [20, 6, 5])

// This server answers 204.
await users.patch({
  id: made[0].id,
  operations: [
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', value: { displayName: 'Anna Ω "A"' } },
  ],
})
const changed = await users.get(made[0].id)
assert.deepEqual([changed.active, changed.displayName], [false, 'Anna Ω "A"'])

await assert.rejects(
  users.create({ userName: names[0] }),
  (error) => error instanceof ConflictError && error.status === 409 && error.code === 'uniqueness',
)
await assert.rejects(
  users.query({ filter: 'shoeSize eq "41"' }),
  (error) => error instanceof InvalidRequestError && error.code === 'invalidFilter',
)

await Promise.all(made.map((user) => users.delete(user.id)))
await assert.rejects(users.get(made[0].id), NotFoundError)
assert.equal((await users.query()).totalResults, 0)
console.log('20 users made, paged, changed and deleted')
