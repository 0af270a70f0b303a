import { getRequestListener } from '@hono/node-server'
import { onRequest } from 'firebase-functions/v2/https'
import { comeBeforeFramework } from './app/before-framework.ts'
import { createHandler } from './app/handler.ts'
import { readApiConfig } from './config.ts'

comeBeforeFramework()

// Leaves the global objects unchanged, because other functions and Google's clients run in the same process.
const listener = getRequestListener(createHandler(readApiConfig), { overrideGlobalObjects: false })

/** The HTTP API. Google lets all requests through, because the API checks its own key. */
export const api = onRequest(
  { invoker: 'public', secrets: ['API_KEY', 'SESSION_ENCRYPTION_KEY'], concurrency: 80, timeoutSeconds: 60 },
  (request, response) => listener(request, response),
)
