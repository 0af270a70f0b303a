// First: functions that are defined before it miss its options.
import './options.ts'
import { getRequestListener } from '@hono/node-server'
import { onRequest } from 'firebase-functions/v2/https'
import { createHandler } from './app/handler.ts'
import { readApiConfig } from './config.ts'

// Global objects stay as they are: other functions and Google's clients live in the same process.
const listener = getRequestListener(createHandler(readApiConfig), { overrideGlobalObjects: false })

/** The HTTP API. Open to everybody at Google's door, because it checks a key of its own. */
export const api = onRequest(
  { invoker: 'public', secrets: ['API_KEY', 'SESSION_ENCRYPTION_KEY'], concurrency: 80, timeoutSeconds: 60 },
  (request, response) => listener(request, response),
)
