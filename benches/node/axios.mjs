/** axios, with connections that are kept. */
import { Agent } from 'node:http'

import axios from 'axios'

import { TENANT, checked, clientOf, tokenForm, tokenHeaders, tokenUrl } from './shared.mjs'

const httpAgent = new Agent({ keepAlive: true, maxSockets: 64 })
const signedIn = await axios.post(tokenUrl, tokenForm, { headers: tokenHeaders, httpAgent })
const http = axios.create({
  baseURL: TENANT.scim_url,
  headers: { Authorization: `Bearer ${signedIn.data.access_token}` },
  httpAgent,
})

async function read(path) {
  const answer = await http.get(`/${path}`)
  return checked(answer.status, answer.data)
}

export const { someIds, get, everybody } = clientOf(read)

export function close() {
  httpAgent.destroy()
}
