import type { MovableClock } from './clock/movable-clock.ts'
import type { ReachedBackends } from './environment.ts'
import type { Folder } from './folder.ts'
import type { SandboxOptions } from './options.ts'
import { functionsProcess, serverProcess } from './parts.ts'
import type { SupervisedProcess } from './processes.ts'
import { SOURCES } from './product.ts'

interface ApiSettings {
  readonly folder: Folder
  /** Where the product finds Google's services. */
  readonly backends: ReachedBackends
  readonly ports: { readonly functions: number; readonly server: number }
  readonly clock: MovableClock | null
  readonly options: SandboxOptions
}

/** The processes that answer the HTTP API. */
export interface ApiParts {
  /** Base URL of the API. */
  readonly url: string
  /** The functions host, or the server where the product is `selfHosted`. Null where the sandbox has no functions. */
  readonly functions: SupervisedProcess | null
  /** Base URL of the server beside the functions. Null where there is none. */
  readonly serverUrl: string | null
  /** The server beside the functions, as Cloud Run would run it. */
  readonly server: SupervisedProcess | null
}

/** Decides which processes answer the API, and tells the functions where the server is. */
export function apiParts({ folder, backends, ports, clock, options }: ApiSettings): ApiParts {
  const { product = SOURCES, functionsEntry: entry, functionsEnv, serverEnv, storage, selfHosted = false } = options
  const url = urlAt(ports.functions)
  const parts = { product, storage, selfHosted, clock, functionsUrl: url }
  if (options.functions === false) return { url, functions: null, serverUrl: null, server: null }
  if (selfHosted || options.apiServer !== true) {
    const start = selfHosted ? serverProcess : functionsProcess
    return {
      url,
      functions: start(folder, backends, ports.functions, { ...parts, entry, env: functionsEnv }),
      serverUrl: null,
      server: null,
    }
  }
  const serverUrl = urlAt(ports.server)
  const env = { API_SERVICE_URL: serverUrl, ...functionsEnv }
  return {
    url,
    functions: functionsProcess(folder, backends, ports.functions, { ...parts, entry, env }),
    serverUrl,
    server: serverProcess(folder, backends, ports.server, { ...parts, env: { ...functionsEnv, ...serverEnv } }),
  }
}

const urlAt = (port: number): string => `http://127.0.0.1:${port}`
