import { heapMb, SEMI_SPACE_MB } from '../environment/runner-size.ts'
import { publicUrlIn } from './api-service.ts'
import { RUNNER } from './deployed-functions.ts'
import { imageOf } from './repository.ts'
import type { Target } from './target.ts'

/** A runner does not read them, and its next revision would move every session. */
const OF_SWEEP = /^FLEET_/

const PROBE_PORT = 8080

/**
 * What one instance of the runner is, in the words that worker pools and services have in common. Cloud Run gives it 10 s to leave.
 *
 * @param service the API as a server, whose address runners tell in webhooks
 */
export function runnerSpec(target: Target, image: unknown, service?: unknown) {
  const { cpu, memoryGib, maxConnections } = target.environment.runner
  const variables = {
    GOOGLE_CLOUD_PROJECT: target.project,
    // The limit is told, in case the container cannot see it.
    MEMORY_LIMIT_MB: String(memoryGib * 1024),
    ...Object.fromEntries(Object.entries(target.variables).filter(([name]) => !OF_SWEEP.test(name))),
    ...publicUrlIn(target, service),
    MAX_CONNECTIONS: String(maxConnections),
    PROBE_PORT: String(PROBE_PORT),
    HOLDFAST_RELEASE: target.release.runner,
  }
  const probe = { port: PROBE_PORT }
  return {
    serviceAccountName: target.emailOf('runner'),
    containers: [
      {
        name: 'runner',
        image: imageOf(target, 'runner', image) ?? target.tagOf('runner'),
        // The words after the image's entry point, which is Node. The image's own are for 2 GiB.
        args: [`--max-old-space-size=${heapMb(memoryGib)}`, `--max-semi-space-size=${SEMI_SPACE_MB}`, 'runner/src/start.ts'],
        env: [
          ...Object.entries(variables).map(([name, value]) => ({ name, value })),
          // The first version: a second one of the key comes with a procedure of its own.
          ...RUNNER.secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name, key: '1' } } })),
        ],
        resources: { limits: { cpu: String(cpu), memory: `${memoryGib}Gi` } },
        startupProbe: { httpGet: { path: '/startup', ...probe }, periodSeconds: 5, failureThreshold: 48, timeoutSeconds: 3 },
        livenessProbe: { httpGet: { path: '/live', ...probe }, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 3 },
      },
    ],
  }
}

/** A service sends requests to this port, and sets PORT to it. The runner answers probes there and nothing else. */
export const PORTS = { ports: [{ containerPort: PROBE_PORT }] }
