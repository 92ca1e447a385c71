// Run as a program: ends with an error that nobody catches.

import { Client, staticToken } from 'cyberark-identity'

const [url, token] = process.argv.slice(2)
const client = new Client(url, { auth: staticToken(token) })

async function findPerson(id) {
  return await client.scim.users.get(id)
}

await findPerson('00000000-0000-4000-8000-00000000dead')
