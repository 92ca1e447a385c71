/** This SDK, as a user gets it: every default in force. */
import { Client, clientCredentials } from '../.build/node/dist/esm/index.mjs'
import { TENANT } from './shared.mjs'

const auth = clientCredentials({
  appId: TENANT.app_id,
  clientId: TENANT.client_id,
  clientSecret: TENANT.client_secret,
})
const client = new Client(TENANT.url, { auth })

export async function someIds(count) {
  return (await client.scim.users.query({ count })).map((user) => user.id)
}

function facts(user) {
  return [user.userName, user.active, user.emails?.[0]?.value]
}

export async function get(id) {
  return facts(await client.scim.users.get(id))
}

export async function everybody() {
  let count = 0
  for await (const user of client.scim.users.iter()) if (facts(user)[0]) count += 1
  return count
}

export function close() {
  client.close()
}
