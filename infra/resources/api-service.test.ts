import { expect, test } from 'vitest'
import { files, targetOf } from './fixtures/target.ts'
import { allResources } from './all-resources.ts'
import { type DeployedUnit, SERVER } from './deployed-functions.ts'
import { networkAnnotations } from './network.ts'
import { changeOf } from './resource.ts'

const SERVICE = 'service holdfast-api'
const IMAGE = { version: 'projects/p/versions/sha256:abc' }
const ADDRESS = 'https://holdfast-api-1.us-central1.run.app'

function resource(id: string, more: object = {}) {
  const found = allResources(targetOf({}, more), files).find((one) => one.id === id)
  if (!found) throw new Error(`There is no resource ${id}.`)
  return found
}

interface ServiceFile {
  readonly metadata: { readonly annotations: object }
  readonly spec: {
    readonly template: {
      readonly spec: { readonly serviceAccountName: string; readonly containers: readonly { readonly env: readonly object[] }[] }
    }
  }
}

/** The file that a change of the service hands to gcloud. */
function fileOf(have: unknown, more: object = {}): ServiceFile {
  const change = changeOf(resource(SERVICE, more), [have, IMAGE])
  return Object.values(change?.commands[0]?.files ?? {})[0] as ServiceFile
}

test('the server is made of its own image, speaks HTTP/2, and lets everybody ask it', () => {
  const { metadata, spec } = fileOf(null)
  expect(metadata.annotations).toEqual({
    'run.googleapis.com/ingress': 'all',
    'run.googleapis.com/invoker-iam-disabled': 'true',
  })
  const { serviceAccountName, containers } = spec.template.spec
  expect(serviceAccountName).toBe('holdfast-api@demo-holdfast.iam.gserviceaccount.com')
  expect(containers[0]).toMatchObject({
    image: 'us-central1-docker.pkg.dev/demo-holdfast/holdfast/server@sha256:abc',
    ports: [{ name: 'h2c', containerPort: 8080 }],
    startupProbe: { httpGet: { path: '/ready' } },
    livenessProbe: { httpGet: { path: '/live' } },
  })
  expect(containers[0]?.env).toContainEqual({ name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'API_KEY', key: '1' } } })
})

const KEYS = {
  versions: ['3', '2', '1'].map((number) => ({ name: `versions/${number}`, state: number === '3' ? 'DISABLED' : 'ENABLED' })),
}

test('another version of the key is another template, so that every instance has it', () => {
  const have = fileOf(null)
  const [update] = changeOf(resource(SERVICE), [have, IMAGE, KEYS])?.different ?? []
  expect(update).toMatchObject({ have: 'secret API_KEY, version 1', want: 'secret API_KEY, version 2' })
})

test('the server goes by the fixed address only if it calls others than Google', () => {
  const annotationsOf = (reaches: DeployedUnit['reaches']) =>
    Object.keys(networkAnnotations(targetOf({}), { ...SERVER, reaches }))
  const way = ['run.googleapis.com/network-interfaces', 'run.googleapis.com/vpc-access-egress']
  expect([annotationsOf('google'), annotationsOf('internet')]).toEqual([[], way])
  expect(JSON.stringify(fileOf(null)).includes(way[1] ?? '')).toBe(SERVER.reaches === 'internet')
})

test('what is there as wanted is left, and another number of instances is a change', () => {
  const have = fileOf(null)
  expect(changeOf(resource(SERVICE), [have, IMAGE])).toBeNull()
  expect(changeOf(resource(SERVICE, { server: { minInstances: 2 } }), [have, IMAGE])).toMatchObject({
    kind: 'update',
    different: [{ path: 'spec.template.metadata.annotations.autoscaling.knative.dev/minScale', have: '0', want: '2' }],
  })
})

test('the functions and the runners tell callers the address of the server, unless the environment says another', () => {
  const runners = resource('worker pool holdfast-runner')
  const files = (of: typeof runners, service: unknown) =>
    JSON.stringify(of.create([...of.reads.slice(1).map(() => null), service])[0]?.files)
  const server = { status: { url: ADDRESS } }
  for (const one of [runners, resource('functions')]) {
    expect(files(one, null)).not.toContain('PUBLIC_URL')
    expect(files(one, server)).toMatch(new RegExp(`PUBLIC_URL.{1,20}${ADDRESS}`))
  }
  const named = resource('worker pool holdfast-runner', { variables: { PUBLIC_URL: 'https://wa.example.com' } })
  expect(files(named, server)).not.toContain(ADDRESS)
  expect(files(named, server)).toContain('https://wa.example.com')
})

test('the functions are told the address of the server', () => {
  const functions = resource('functions')
  const answers = functions.reads.map(() => null)
  const variables = (all: readonly unknown[]) => JSON.stringify(functions.create(all)[0]?.files)
  expect(variables(answers)).not.toContain('API_SERVICE_URL')
  expect(variables([...answers.slice(0, -1), { status: { url: ADDRESS } }])).toContain(`API_SERVICE_URL=\\"${ADDRESS}\\"`)
})
