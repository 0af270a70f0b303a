import { createRequire } from 'node:module'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { CallError, implementation, readService } from '../grpc-service.ts'
import type { Pool, Template } from './pool.ts'

/** What an update may carry of a worker pool or a service. */
interface Change {
  readonly name?: string
  readonly etag?: string
  readonly scaling?: { readonly manualInstanceCount?: number } | null
  readonly template?: Template | null
}

interface Update {
  readonly workerPool?: Change
  readonly service?: Change
  readonly updateMask?: { readonly paths?: readonly string[] } | null
}

const KINDS = {
  workerPools: {
    type: 'google.cloud.run.v2.WorkerPool',
    api: 'google.cloud.run.v2.WorkerPools',
    get: 'getWorkerPool',
    update: 'updateWorkerPool',
  },
  services: {
    type: 'google.cloud.run.v2.Service',
    api: 'google.cloud.run.v2.Services',
    get: 'getService',
    update: 'updateService',
  },
} as const

const PROTOS = createRequire(import.meta.url).resolve('@google-cloud/run/build/protos/protos.json')

/** The part of an update mask that the stand-in knows. It refuses others, instead of ignoring them. */
const KNOWN_PATHS = ['scaling.manual_instance_count', 'template']

/**
 * Cloud Run's admin API (v2) on one worker pool or service, from the descriptions that its client carries. It checks no rights, so it is
 * bound to loopback. A method that it lacks answers UNIMPLEMENTED.
 *
 * @param name `projects/P/locations/R/workerPools/N` or `…/services/N`
 */
export async function serveCloudRun(name: string, pool: Pool, port: number): Promise<{ port: number; close(): void }> {
  const kind = KINDS[name.includes('/services/') ? 'services' : 'workerPools']
  const service = await readService(PROTOS, kind.api)
  const serialize = service[kind.get === 'getService' ? 'GetService' : 'GetWorkerPool']?.responseSerialize
  const view = () => ({
    name,
    etag: pool.version,
    template: pool.template,
    scaling: { manualInstanceCount: pool.count },
    reconciling: pool.isReconciling,
    latestReadyRevision: pool.revision,
  })
  const calls = {
    [kind.get]: (request: { name?: string }) => {
      if (request.name !== name) throw new CallError(status.NOT_FOUND, `Resource '${request.name}' was not found.`)
      return view()
    },
    [kind.update]: ({ workerPool, service: changed, updateMask }: Update) => {
      const change = workerPool ?? changed ?? {}
      if (change.name !== name) throw new CallError(status.NOT_FOUND, `Resource '${change.name}' was not found.`)
      if (change.etag && change.etag !== pool.version)
        throw new CallError(status.ABORTED, `Conflict for resource '${name}': version '${change.etag}' was specified.`)
      const paths = updateMask?.paths ?? []
      const unknown = paths.length === 0 ? ['*'] : paths.filter((path) => !KNOWN_PATHS.includes(path))
      if (unknown.length > 0)
        throw new CallError(status.UNIMPLEMENTED, `The sandbox's Cloud Run does not implement updates of ${unknown.join(', ')}.`)
      if (paths.includes('template')) pool.renew(change.template ?? {})
      if (paths.includes('scaling.manual_instance_count')) {
        const count = change.scaling?.manualInstanceCount ?? 0
        if (count < 0) throw new CallError(status.INVALID_ARGUMENT, 'manual_instance_count must not be negative.')
        pool.resize(count)
      }
      const value = serialize?.(view()) ?? Buffer.alloc(0)
      const response = { type_url: `type.googleapis.com/${kind.type}`, value }
      return { name: `${name}/operations/${Date.now()}`, done: true, response }
    },
  }
  const server = new Server()
  server.addService(service, implementation(calls))
  const bound = Promise.withResolvers<number>()
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
    error ? bound.reject(error) : bound.resolve(at),
  )
  return { port: await bound.promise, close: () => server.forceShutdown() }
}
