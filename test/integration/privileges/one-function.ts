import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { alerts, cleanup, maintain, retries, sweep, webhooks } from '../../../functions/src/index.ts'
import { hostFunctions } from '../../../sandbox/google/functions/host.ts'

/** Serves the function that `ONLY_FUNCTION` names, and prints its port. */
const ALL: Readonly<Record<string, unknown>> = { alerts, cleanup, maintain, retries, sweep, webhooks }
const name = process.env['ONLY_FUNCTION'] ?? ''
const server = createServer(hostFunctions({ [name]: ALL[name] }).app)
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })))
