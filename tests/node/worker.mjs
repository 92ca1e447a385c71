// Run as a worker thread: makes calls and tells what came of them, or makes calls that never end.

import { parentPort, threadId, workerData } from 'node:worker_threads'

import { Client, staticToken } from 'cyberark-identity'

import { faulty, fiftyPeople } from './support.mjs'

const { url, token, what } = workerData
const client = new Client(url, { auth: staticToken(token) })
if (what === 'calls') {
  parentPort.postMessage(await fiftyPeople(client, threadId))
} else {
  for (let i = 0; i < 5; i++) client.users.list(faulty('hang'))
}
