import { globSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import { describe, expect, it, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readServerConfig, serverSettings } from '../../../functions/src/config.ts'
import { END_WITHIN_MS } from '../../../functions/src/server/end-server.ts'
import { readRunnerConfig } from '../../../runner/src/config.ts'
import { HAND_OVER_WITHIN_MS } from '../../../runner/src/session/hand-over.ts'
import { runnerSettings } from '../../../runner/src/settings.ts'

/** The files of `infra/selfhost` and the code agree. Nothing here runs Docker, systemd or a cluster. */

const fileOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const selfhost = (name: string) => fileOf(`infra/selfhost/${name}`)

/** What no part of the product reads, but Node and Google's clients do. */
const OF_OTHERS = ['NODE_ENV', 'GOOGLE_APPLICATION_CREDENTIALS']

const KNOWN = {
  runner: new Set([...Object.keys(runnerSettings.shape), ...OF_OTHERS]),
  api: new Set([...Object.keys(serverSettings.shape), ...OF_OTHERS]),
}

type Part = keyof typeof KNOWN
const PARTS = ['runner', 'api'] as const

/** The program's own time to leave, in seconds. */
const LEAVES_WITHIN_S = { runner: HAND_OVER_WITHIN_MS / 1000, api: END_WITHIN_MS / 1000 }

const PROBES = { runner: ['/startup', '/live'], api: ['/ready', '/live'] }
const SECRETS = { SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'), API_KEY: 'sixteen characters' }

/** Reads the configuration of a part as the part does. Throws when a value is wrong. */
function readAs(part: Part, environment: Record<string, string>) {
  const complete = { ...environment, ...SECRETS }
  return part === 'runner' ? readRunnerConfig(complete) : readServerConfig(complete)
}

describe('.env.example', () => {
  const text = selfhost('.env.example')
  const named = [...text.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name)

  it('names only what a configuration knows', () => {
    expect(named.filter((name) => !KNOWN.runner.has(name) && !KNOWN.api.has(name))).toEqual([])
  })

  test.each(PARTS)('is a configuration of the %s, with the embedded queue', (part) => {
    const { taskQueue, storage } = readAs(part, parseEnv(text) as Record<string, string>)
    expect({ taskQueue, storage }).toEqual({ taskQueue: 'embedded', storage: { type: 'local', path: '/var/lib/holdfast' } })
  })

  it('has no secret', () => {
    expect(parseEnv(text)).toMatchObject({ SESSION_ENCRYPTION_KEY: '', API_KEY: '' })
  })
})

test('git ignores the files with secrets that the page makes in this folder, and their reader is their owner', () => {
  const page = fileOf('docs/SELF_HOSTING.md')
  for (const name of ['.env', 'google-credentials.json']) {
    expect(page).toContain(name)
    expect(fileOf('.gitignore').split('\n')).toContain(`/${name}`)
  }
  expect(page.match(/\S+(?: \S+)? infra\/selfhost\/\.env\.example \S+/g)).toEqual([
    'install --mode=0600 infra/selfhost/.env.example /etc/holdfast/holdfast.env',
    'install --mode=0600 infra/selfhost/.env.example .env',
  ])
})

describe.each(PARTS)('the unit of the %s', (part) => {
  const lines = selfhost(`holdfast-${part}.service`).split('\n')
  const all = (key: string) => lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1))
  const one = (key: string) => all(key).join(' ')
  const environment = Object.fromEntries(
    one('Environment')
      .split(' ')
      .map((pair) => pair.split('=') as [string, string]),
  )

  it('sets only what the configuration knows', () => {
    expect(Object.keys(environment).filter((name) => !KNOWN[part].has(name))).toEqual([])
    const config = readAs(part, { ...(parseEnv(selfhost('.env.example')) as Record<string, string>), ...environment })
    expect(config.taskQueue).toBe('embedded')
  })

  it('lets it leave in time, and starts no other one for a setting that is wrong', () => {
    expect([one('KillSignal'), one('Restart')]).toEqual(['SIGTERM', 'always'])
    expect(Number(one('TimeoutStopSec'))).toBeGreaterThan(LEAVES_WITHIN_S[part] + 2)
    expect(one('RestartPreventExitStatus')).toBe(String(EXIT.badConfiguration))
    if (part === 'runner') expect(one('SuccessExitStatus')).toBe(String(EXIT.memoryAtLimit))
  })

  it('may write in the directory of the sessions, and nowhere else', () => {
    const [state, paths] = [one('StateDirectory'), one('ReadWritePaths')]
    expect([state, paths]).toEqual(part === 'runner' ? ['holdfast', ''] : ['', '-/var/lib/holdfast'])
    expect(all('ReadOnlyPaths')).toEqual([])
  })

  it('starts what a build makes', () => {
    const entry = one('ExecStart').split(' ').at(-1) ?? ''
    const dockerfile = fileOf(`infra/images/${part === 'runner' ? 'runner' : 'server'}.Dockerfile`)
    expect(dockerfile).toContain(`"${entry}"`)
  })

  it('runs as nobody special, and may do little', () => {
    expect(one('User')).toBe('holdfast')
    const hardened = ['NoNewPrivileges', 'ProtectHome', 'PrivateTmp', 'PrivateDevices', 'RestrictNamespaces', 'RestrictSUIDSGID']
    expect(hardened.map(one)).toEqual(hardened.map(() => 'yes'))
    expect([one('ProtectSystem'), one('CapabilityBoundingSet')]).toEqual(['strict', ''])
    // V8 could make no machine code.
    expect(one('MemoryDenyWriteExecute')).not.toBe('yes')
  })
})

interface ComposeService {
  image: string
  read_only: boolean
  user: string
  stop_grace_period: string
  environment: Record<string, string>
  healthcheck: { test: string[] }
  logging: { options: Record<string, string> }
  volumes: { target: string; bind: { create_host_path: boolean }; read_only?: boolean }[]
  ports?: string[]
}

const compose = (name: string) => (parse(selfhost(name), { merge: true }) as { services: Record<Part, ComposeService> }).services

describe.each(PARTS)('the container of the %s', (part) => {
  const service = compose('compose.yaml')[part]
  const local = compose('compose.local.yaml')[part]

  it('gets only what the configuration knows', () => {
    const given = { ...service.environment, ...local.environment }
    expect(Object.keys(given).filter((name) => !KNOWN[part].has(name))).toEqual([])
    expect(readAs(part, { GOOGLE_CLOUD_PROJECT: 'project', STORAGE_BUCKET: 'bucket', ...service.environment }).storage.type).toBe(
      'hybrid',
    )
    expect(readAs(part, { GOOGLE_CLOUD_PROJECT: 'project', ...given }).storage).toEqual({
      type: 'local',
      path: '/var/lib/holdfast',
    })
  })

  it('is read-only, of nobody, stopped in time, with limited logs', () => {
    expect(service).toMatchObject({ read_only: true, user: '65532:65532', cap_drop: ['ALL'], stop_signal: 'SIGTERM' })
    expect(Number(/^(\d+)s$/.exec(service.stop_grace_period)?.[1])).toBeGreaterThan(LEAVES_WITHIN_S[part] + 2)
    expect(service.logging.options).toMatchObject({ 'max-size': expect.any(String), 'max-file': expect.any(String) })
  })

  it('is asked for a probe that it answers, on its port, without a shell', () => {
    const [kind, node, , script = ''] = service.healthcheck.test
    expect([kind, node]).toEqual(['CMD', '/nodejs/bin/node'])
    const { port, pathname } = new URL(/fetch\(['"]([^'"]+)/.exec(script)?.[1] ?? '')
    expect(PROBES[part]).toContain(pathname)
    expect(port).toBe(service.environment[part === 'runner' ? 'PROBE_PORT' : 'PORT'])
  })

  it('has the directory of the sessions only where it exists already', () => {
    const directory = local.volumes.find(({ target }) => target === '/var/lib/holdfast')
    expect(directory).toMatchObject({ bind: { create_host_path: false } })
    // The API stores files there, and removes media and backups that are past their time (`test/system/self-hosted.test.ts`).
    expect(directory?.read_only ?? false).toBe(false)
  })

  it('is reached from this machine only', () => {
    expect((service.ports ?? []).every((mapping) => mapping.startsWith('127.0.0.1:'))).toBe(true)
  })
})

interface Manifest {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  spec: {
    maxUnavailable?: number
    podSelector?: { matchLabels: { app: string } }
    selector?: { matchLabels?: { app: string } }
    template: { metadata: { labels: { app: string } }; spec: PodSpec }
  }
}

interface PodSpec {
  terminationGracePeriodSeconds: number
  securityContext: object
  containers: [Container]
}

interface Container {
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: object; fieldRef?: object } }[]
  ports: [{ name: string; containerPort: number }]
  securityContext: object
  lifecycle?: { preStop: { sleep: { seconds: number } } }
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } }
}

describe('the manifests for Kubernetes', () => {
  const manifests = parseAllDocuments(selfhost('kubernetes.yaml')).map((document) => document.toJS() as Manifest)
  const find = (kind: string, name: string) => manifests.find((each) => each.kind === kind && each.metadata.name === name)
  const shared = find('ConfigMap', 'holdfast')?.data ?? {}
  const podOf = (part: Part) => find(part === 'runner' ? 'StatefulSet' : 'Deployment', `holdfast-${part}`)?.spec.template

  describe.each(PARTS)('of the %s', (part) => {
    const pod = podOf(part)?.spec as PodSpec
    const [container] = pod.containers

    it('give it only what the configuration knows, and secrets by reference', () => {
      const names = [...Object.keys(shared), ...container.env.map(({ name }) => name)]
      expect(names.filter((name) => !KNOWN[part].has(name))).toEqual([])
      for (const { name, valueFrom } of container.env.filter((variable) => variable.name in SECRETS)) {
        expect([name, valueFrom?.secretKeyRef]).toEqual([
          name,
          { name: 'holdfast', key: name.toLowerCase().replaceAll('_', '-') },
        ])
      }
      const values = Object.fromEntries(container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))
      expect(readAs(part, { ...shared, ...values })).toMatchObject({ taskQueue: 'embedded', storage: { type: 'hybrid' } })
    })

    it('let it leave in time', () => {
      const pauseS = container.lifecycle?.preStop.sleep.seconds ?? 0
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(pauseS + LEAVES_WITHIN_S[part] + 2)
    })

    it('ask for probes that it answers, on its port', () => {
      const probes = Object.entries(container).filter(([key]) => key.endsWith('Probe')) as [string, Container[`${string}Probe`]][]
      const [{ name, containerPort }] = container.ports
      expect(probes.map(([key]) => key)).toEqual(expect.arrayContaining(['startupProbe', 'livenessProbe']))
      for (const [, { httpGet }] of probes)
        expect([PROBES[part], httpGet.port]).toEqual([expect.arrayContaining([httpGet.path]), name])
      const variable = part === 'runner' ? 'PROBE_PORT' : 'PORT'
      expect(container.env.find((each) => each.name === variable)?.value).toBe(String(containerPort))
    })

    it('run it as nobody, read-only, in a budget, behind a policy', () => {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 })
      const bare = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }
      expect(container.securityContext).toEqual(bare)
      const { app } = podOf(part)?.metadata.labels ?? {}
      expect(find('PodDisruptionBudget', `holdfast-${part}`)?.spec.selector?.matchLabels).toEqual({ app })
      expect(find('NetworkPolicy', `holdfast-${part}`)?.spec.podSelector?.matchLabels).toEqual({ app })
    })
  })

  it('name each runner after its pod', () => {
    const id = podOf('runner')?.spec.containers[0].env.find(({ name }) => name === 'INSTANCE_ID')
    expect(id?.valueFrom).toEqual({ fieldRef: { fieldPath: 'metadata.name' } })
  })

  it('have no secret', () => {
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret')
  })
})

test('no file has something that looks like a key', () => {
  const root = new URL('../../../infra/selfhost/', import.meta.url).pathname
  const texts = globSync('**/*', { cwd: root })
    .concat('.env.example')
    .map((name) => readFileSync(root + name, 'utf8'))
  expect(texts.length).toBeGreaterThan(5)
  expect(texts.filter((text) => /[A-Za-z0-9+/]{40,}={0,2}(\s|$)|BEGIN [A-Z ]*PRIVATE KEY/m.test(text))).toEqual([])
})
