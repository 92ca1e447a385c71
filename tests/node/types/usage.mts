// Compiled, never run: what the types promise to users, and what they refuse.

import {
  Client,
  ConflictError,
  IdentityError,
  InvalidArgumentError,
  Items,
  ListResponse,
  RawResponse,
  Rows,
  ServiceError,
  clientCredentials,
  diff,
  filter,
  operations,
  staticToken,
  type CallOptions,
  type ClientOptions,
  type Delivery,
  type DirectoryUser,
  type FileInput,
  type Group,
  type OperationInfo,
  type PatchOperation,
  type ScimUsersCreateArguments,
  type User,
  type UserRow,
} from 'cyberark-identity'
import { Emulator, type Fault, type RecordedRequest } from 'cyberark-identity/emulator'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

const auth = clientCredentials({
  appId: 'app',
  clientId: 'svc@acme.example',
  clientSecret: 's',
  scope: undefined,
})
const settings: ClientOptions = {
  auth,
  timeoutMs: 5000,
  allowPlainHttp: ['gateway.test'],
  headers: { 'X-Team': 'blue' },
}
const client = new Client('https://abc1234.id.cyberark.cloud', settings)
new Client({ tenantUrl: 'abc1234.id.cyberark.cloud', auth: staticToken('t') })
Client.fromEnv({ maxRetries: 0 })

// results
same<Awaited<ReturnType<typeof client.scim.users.get>>, User>(true)
same<Awaited<ReturnType<typeof client.scim.users.query>>, ListResponse<User>>(true)
same<Awaited<ReturnType<typeof client.scim.users.delete>>, void>(true)
same<Awaited<ReturnType<typeof client.users.getByName>>, DirectoryUser>(true)
same<Awaited<ReturnType<typeof client.users.list>>, Rows<UserRow>>(true)
const user = await client.scim.users.get('id')
same<typeof user.userName, string | undefined>(true)
same<typeof user.active, boolean | undefined>(true)
const created: Date | undefined = user.meta?.created
const manager: string | undefined = user.enterprise?.manager?.displayName
const unknown: unknown = user.extra?.['urn:example:x']
const page = await client.scim.users.query({ filter: 'userName sw "a"', count: 10 })
const names: Array<string | undefined> = page.map((one) => one.userName)
const total: number | undefined = page.totalResults

// arguments
const person: ScimUsersCreateArguments = {
  userName: 'a@acme.example',
  emails: [{ value: 'a@b', primary: true }],
}
const options: CallOptions = { signal: AbortSignal.timeout(1000), timeoutMs: 1, extraHeaders: { a: 'b' } }
await client.scim.users.create(person, options)
await client.scim.users.create({ ...person, displayName: undefined })
await client.scim.users.patch({ id: 'x', operations: [{ op: 'replace', path: 'active', value: false }] })
await client.organizations.create({ name: 'x', description: null })
await client.users.list(options)

// lists and filters
const people: Items<User> = client.scim.users.iter(
  { filter: filter.userName.startsWith('a'), count: 5 },
  options,
)
for await (const person of people) same<typeof person, User>(true)
const groups: Group[] = await client.scim.groups.iter({ sortBy: 'displayName' }).toArray()
const emails: string = filter.attribute('emails.value').equals('a@b')

// patches
const operationsOfPatch: PatchOperation[] = diff(user, { ...user, displayName: 'Ana' })
diff(groups[0]!, { displayName: 'Night shift' })

// files
const files: FileInput[] = [
  new Uint8Array(2),
  { path: '/srv/people.csv', name: undefined },
  { path: new URL('people.csv', 'file:///srv/') },
  { content: 'a,b', type: 'text/csv' },
  { content: new Uint8Array(2), name: 'people.csv' },
  { base64: 'YSxi' },
]
await client.onboarding.uploadCsv({ file: files[0]! })
await client.users.setPicture({ id: 'x', picture: { path: '/srv/ana.png' } })

// requests
const answer: RawResponse<unknown> = await client.request('GET', '/scim/Users', {
  query: { count: 1, x: ['a', true], no: undefined },
  timeoutMs: 1,
})
await client.request('POST', '/x', { query: new URLSearchParams('a=b'), body: { any: [1] } })

// by name
same<Awaited<ReturnType<typeof byName>>, DirectoryUser>(true)
async function byName() {
  return await client.call('post_user_details_identity', { id: 'x' })
}
const raw: RawResponse<Rows<UserRow>> = await client.callRaw('users.list')
const bytes: Uint8Array = raw.body
const anything: unknown = await client.call('named.later' as string, { any: 1 })
const all: OperationInfo[] = operations()

// errors
try {
  await client.scim.users.get('x')
} catch (error) {
  if (error instanceof ConflictError) {
    const service: ServiceError = error
    const base: IdentityError = service
    const parts: [Delivery, number, string | undefined, number | undefined] = [
      base.delivery,
      base.attempts,
      base.requestId,
      base.status,
    ]
    void parts
  }
  if (error instanceof InvalidArgumentError) error.field?.toUpperCase()
}

// the emulator
const fault: Fault = { match: { path: 'GetUsers' }, action: { status: 503 } }
const tenant = Emulator.start({ seedUsers: 5, faults: [fault] })
new Client(tenant.url, { auth: tenant.credentials, caFile: tenant.caFile })
const requests: RecordedRequest[] = await tenant.waitForRequests({ outcome: 'client_closed' })
tenant.stop()

// mistakes
// @ts-expect-error: an id is a text
await client.scim.users.get(5)
// @ts-expect-error: the name is required
await client.scim.users.create({ displayName: 'x' })
// @ts-expect-error: no such argument
await client.scim.users.create({ userName: 'x', emial: [] })
// @ts-expect-error: no such field of an e-mail address
await client.scim.users.create({ userName: 'x', emails: [{ vale: 'x' }] })
// @ts-expect-error: null is not the same as nothing here
await client.scim.users.create({ userName: 'x', displayName: null })
// @ts-expect-error: not an operation of a patch
await client.scim.users.patch({ id: 'x', operations: [{ op: 'move' }] })
// @ts-expect-error: a text could be a path or a content
await client.onboarding.uploadCsv({ file: 'people.csv' })
// @ts-expect-error: a list is read from its beginning
client.scim.users.iter({ startIndex: 5 })
// @ts-expect-error: only texts are compared
filter.userName.equals(5)
// @ts-expect-error: two of them make a difference
diff(user)
// @ts-expect-error: arguments of the named operation
await client.call('users.get', { name: 'x' })
// @ts-expect-error: no such option
await client.users.list({ timeout: 5 })
// @ts-expect-error: no such setting
new Client('x', { auth, retries: 5 })
// @ts-expect-error: credentials are made by functions
new Client('x', { auth: { token: 'x' } })
// @ts-expect-error: results of a call are read-only facts about it
raw.status = 5

void [
  created,
  manager,
  unknown,
  names,
  total,
  bytes,
  anything,
  all,
  requests,
  emails,
  operationsOfPatch,
  answer,
]
