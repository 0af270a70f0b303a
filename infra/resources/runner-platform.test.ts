import { expect, test } from 'vitest'
import type { Platform } from '../environment/environment.ts'
import { targetOf } from './fixtures/target.ts'
import { type Answers, changeOf, type Resource, STAGES } from './resource.ts'
import { runnerPlatform } from './runner-platform.ts'
import type { Target } from './target.ts'

const TAG = { version: 'projects/p/locations/l/repositories/holdfast/packages/runner/versions/sha256:abc' }

/** The runners of an environment, and what is not wanted. */
function resources(runner: { readonly platform?: Platform; readonly [field: string]: unknown } = {}) {
  const [wanted, former] = runnerPlatform(targetOf(runner))
  if (!wanted || !former) throw new Error('There is a resource for each platform.')
  return { wanted, former }
}

interface RunnersFile {
  readonly kind: string
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
  readonly spec: {
    readonly template: { readonly metadata?: object; readonly spec: { readonly containers: readonly object[] } }
    readonly [splits: string]: unknown
  }
}

/** The runners as a deployment of these resources makes them, with what Google adds. */
function deployed(runner: Parameters<typeof resources>[0] = {}, answers: Answers = [null, TAG, null]) {
  const [command] = changeOf(resources(runner).wanted, answers)?.commands ?? []
  const [file] = Object.values(command?.files ?? {}) as RunnersFile[]
  if (!file) throw new Error('There is no file of the runners.')
  return { ...file, metadata: { ...file.metadata, generation: 3 }, status: { latestReadyRevisionName: 'r' } }
}

const count = (runners: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> } }) =>
  runners.metadata.annotations['run.googleapis.com/manualInstanceCount']

const scaledTo = <Runners extends RunnersFile>(runners: Runners, instances: string): Runners => ({
  ...runners,
  metadata: { ...runners.metadata, annotations: { 'run.googleapis.com/manualInstanceCount': instances } },
})

const BOTH = [
  { platform: 'worker-pool', kind: 'WorkerPool', splits: 'instanceSplits' },
  { platform: 'service', kind: 'Service', splits: 'traffic' },
] as const

test.each(BOTH)('a deployed $platform is as wanted, and runs the image by its digest', ({ platform, kind }) => {
  const runners = deployed({ platform })
  expect(runners.kind).toBe(kind)
  expect(JSON.stringify(runners)).toContain('us-central1-docker.pkg.dev/demo-holdfast/holdfast/runner@sha256:abc')
  expect(changeOf(resources({ platform }).wanted, [runners, TAG, null])).toBeNull()
  expect(changeOf(resources({ platform }).former, [null])).toBeNull()
})

test.each(BOTH)('a $platform that went by the fixed address leaves it when the environment has none', ({ platform }) => {
  const egress = (fixedAddress: boolean) => runnerPlatform(targetOf({ platform }, { egress: { fixedAddress } }))[0] as Resource
  const [command] = egress(true).create([null, TAG, null])
  const [was] = Object.values(command?.files ?? {}) as RunnersFile[]
  expect(JSON.stringify(was)).toContain('vpc-access-egress')
  expect(changeOf(egress(true), [was, TAG, null])).toBeNull()
  const next = changeOf(egress(false), [was, TAG, null])
  expect(next).toMatchObject({ kind: 'update', different: [{ want: '' }, { want: '' }] })
  const [file] = Object.values(next?.commands[0]?.files ?? {}) as RunnersFile[]
  expect(JSON.stringify(file)).not.toContain('network-interfaces')
  expect(changeOf(egress(false), [file, TAG, null])).toBeNull()
})

test('changed runners keep their number and the split of their revisions', () => {
  const was = scaledTo(deployed(), '7')
  const split = { ...was, spec: { ...was.spec, instanceSplits: [{ revisionName: 'old', percent: 100 }] } }
  const next = changeOf(resources().wanted, [split, { version: 'versions/sha256:def' }, null])
  expect(next).toMatchObject({ kind: 'update', different: [{ path: 'spec.template.spec.containers[0].image' }] })
  const [file] = Object.values(next?.commands[0]?.files ?? {}) as RunnersFile[]
  expect(file && count(file)).toBe('7')
  expect(file?.spec['instanceSplits']).toEqual([{ revisionName: 'old', percent: 100 }])
})

test.each(BOTH)('a $platform has what the runner needs, its key as a secret, and the heap of its memory', ({ platform }) => {
  const runners = deployed({ platform, maxConnections: 200 })
  expect(runners.spec.template.spec).toMatchObject({
    serviceAccountName: 'holdfast-runner@demo-holdfast.iam.gserviceaccount.com',
    containers: [
      {
        args: ['--max-old-space-size=4200', '--max-semi-space-size=16', 'runner/src/start.ts'],
        resources: { limits: { cpu: '2', memory: '6Gi' } },
        startupProbe: { httpGet: { path: '/startup', port: 8080 } },
        livenessProbe: { httpGet: { path: '/live', port: 8080 } },
        env: expect.arrayContaining([
          { name: 'STORAGE_BUCKET', value: 'demo-holdfast-holdfast-sessions' },
          { name: 'MAX_CONNECTIONS', value: '200' },
          { name: 'MEMORY_LIMIT_MB', value: '6144' },
          { name: 'PROBE_PORT', value: '8080' },
          { name: 'TIME_ZONE', value: 'America/Sao_Paulo' },
          { name: 'SESSION_ENCRYPTION_KEY', valueFrom: { secretKeyRef: { name: 'SESSION_ENCRYPTION_KEY', key: '1' } } },
        ]) as unknown,
      },
    ],
  })
  // Cloud Run refuses a service that sets it.
  expect(JSON.stringify(runners)).not.toContain('"name":"PORT"')
})

test('a service is closed to callers, computes between requests, and lets its container listen', () => {
  const { metadata, spec } = deployed({ platform: 'service' })
  expect(metadata.annotations).toMatchObject({
    'run.googleapis.com/ingress': 'internal',
    'run.googleapis.com/scalingMode': 'manual',
    'run.googleapis.com/manualInstanceCount': '1',
  })
  expect(spec).toMatchObject({
    traffic: [{ latestRevision: true, percent: 100 }],
    template: {
      metadata: {
        annotations: { 'run.googleapis.com/cpu-throttling': 'false', 'run.googleapis.com/startup-cpu-boost': 'true' },
      },
      spec: { containers: [{ ports: [{ containerPort: 8080 }] }] },
    },
  })
  const open = { metadata: { annotations: { 'run.googleapis.com/ingress': 'all' } }, spec }
  expect(changeOf(resources({ platform: 'service' }).wanted, [open, TAG, null])?.different).toMatchObject([
    { path: 'metadata.annotations.run.googleapis.com/ingress', want: 'internal' },
  ])
})

test.each([
  ['worker-pool', 'service', 'run services delete'],
  ['service', 'worker-pool', 'run worker-pools delete'],
] as const)('on the way to another platform, a %s, the new runners come first and are as many', (to, from, words) => {
  const old = scaledTo(deployed({ platform: from }), '7')
  const { wanted, former } = resources({ platform: to })
  expect(count(deployed({ platform: to }, [null, TAG, old]))).toBe('7')
  expect(STAGES.indexOf(wanted.stage)).toBeLessThan(STAGES.indexOf(former.stage))
  const gone = changeOf(former, [old])
  expect(gone).toMatchObject({ kind: 'remove', resource: { warning: expect.stringContaining('every session moves') as unknown } })
  expect(gone?.commands.map(({ args }) => args.join(' '))).toEqual([
    `${words} holdfast-runner --region=us-central1 --project=demo-holdfast --quiet`,
  ])
})

test.each(BOTH)('a $platform leaves by the fixed address alone, if there is one', ({ platform }) => {
  const annotations = (target: Target) => JSON.stringify(changeOf(runnerPlatform(target)[0] as Resource, [null, TAG, null]))
  const through = '"run.googleapis.com/vpc-access-egress":"all-traffic"'
  expect(annotations(targetOf({ platform }))).toContain(through)
  expect(annotations(targetOf({ platform }, { egress: { fixedAddress: false } }))).not.toContain(through)
})
