import { expect, test } from 'vitest'
import { healthOf } from './functions.ts'
import { all, files, targetOf } from './fixtures/target.ts'
import { allResources } from './all-resources.ts'
import { type Answers, changeOf } from './resource.ts'

const DOMAIN = 'api.example.com'
const balanced = { access: 'load-balancer', domain: DOMAIN }
const iap = { members: ['user:b@example.com', 'group:a@example.com'] }

const resourcesOf = (api: object) => allResources(targetOf({}, { api }), files)

function change(api: object, id: string, answers: Answers) {
  const found = resourcesOf(api).find((one) => one.id === id)
  if (!found) throw new Error(`There is no resource ${id}.`)
  return changeOf(found, answers)
}

const lines = (api: object, id: string, answers: Answers) =>
  change(api, id, answers)?.commands.map(({ args }) => args.slice(0, -2).join(' ')) ?? []

const link = (list: string, name = 'holdfast-api') =>
  `https://www.googleapis.com/compute/v1/projects/demo-holdfast/global/${list}/${name}`

const CERTIFICATE = 'holdfast-api-d0c43d38'

test('each part of the load balancer comes after the parts that it names', () => {
  const made = resourcesOf(balanced)
    .filter(({ stage, unwanted }) => stage === 'balancer' && !unwanted)
    .flatMap((one) => changeOf(one, [])?.commands ?? [])
  const names = made.map(({ args }) => args.slice(1, 3).join(' '))
  expect(names).toEqual([
    'addresses create',
    'network-endpoint-groups create',
    'backend-services create',
    'backend-services add-backend',
    'url-maps create',
    'ssl-policies create',
    'ssl-certificates create',
    'target-https-proxies create',
    'forwarding-rules create',
  ])
  // A caller who sends its key without TLS has to notice.
  expect(made.at(-1)?.args).toContain('--ports=443')
})

test('a backend without its endpoint, or with a proxy that nobody wants, is mended by that alone', () => {
  const id = 'backend of the load balancer'
  const whole = {
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    backends: [{ group: link('networkEndpointGroups') }],
    iap: { enabled: false },
  }
  expect(change(balanced, id, [whole])).toBeNull()
  expect(lines(balanced, id, [{ ...whole, backends: undefined }])).toEqual([
    'compute backend-services add-backend holdfast-api --global --network-endpoint-group=holdfast-api --network-endpoint-group-region=us-central1',
  ])
  expect(lines(balanced, id, [{ ...whole, iap: { enabled: true } }])).toEqual([
    'compute backend-services update holdfast-api --global --iap=disabled',
  ])
  expect(lines({ ...balanced, iap }, id, [whole])).toEqual([
    'compute backend-services update holdfast-api --global --iap=enabled',
  ])
  expect(change(balanced, id, [{ ...whole, loadBalancingScheme: 'EXTERNAL' }])).toMatchObject({ kind: 'refused' })
})

test('another domain gets another certificate, and the former one goes when the proxy has the new one', () => {
  const proxy = {
    urlMap: link('urlMaps'),
    sslPolicy: link('sslPolicies'),
    sslCertificates: [link('sslCertificates', CERTIFICATE)],
  }
  expect(change(balanced, 'proxy of the load balancer', [proxy])).toBeNull()
  const other = { ...balanced, domain: 'other.example.com' }
  expect(change(other, 'proxy of the load balancer', [proxy])).toMatchObject({
    kind: 'update',
    resource: { warning: expect.stringContaining('a former domain ends at once') },
  })
  const certificates = { items: [{ name: CERTIFICATE }, { name: 'somebody-elses' }] }
  const id = 'certificates of the load balancer for former domains'
  expect(change(balanced, id, [certificates])).toBeNull()
  expect(lines(other, id, [certificates])).toEqual([`compute ssl-certificates delete ${CERTIFICATE} --global`])
  const ids = resourcesOf(other).map((one) => one.id)
  expect(ids.indexOf(id)).toBeGreaterThan(ids.indexOf('proxy of the load balancer'))
})

test('without a domain the parts that are there are removed, the last one first', () => {
  const id = 'load balancer of the API'
  expect(change({}, id, [])).toBeNull()
  const there = [{}, {}, null, {}, {}, null, {}, { items: [{ name: CERTIFICATE }] }]
  expect(change({}, id, there)).toMatchObject({ kind: 'remove' })
  expect(lines({}, id, there).map((line) => line.split(' ').slice(1, 4).join(' '))).toEqual([
    'forwarding-rules delete holdfast-api',
    'target-https-proxies delete holdfast-api',
    'url-maps delete holdfast-api',
    'backend-services delete holdfast-api',
    'addresses delete holdfast-api',
    `ssl-certificates delete ${CERTIFICATE}`,
  ])
})

test.each([
  [{}, 'all', 'all'],
  [{ domain: DOMAIN }, 'all', 'all'],
  [{ access: 'internal' }, 'internal', 'internal'],
  [balanced, 'internal-and-cloud-load-balancing', 'internal'],
])('with %j the service takes requests from: %s, the function from: %s', (api, ofService, ofFunction) => {
  const [command] = change(api, 'service holdfast-api', [])?.commands ?? []
  const [file] = Object.values(command?.files ?? {})
  expect(file).toMatchObject({ metadata: { annotations: { 'run.googleapis.com/ingress': ofService } } })
  const has = (ingress: string) => [{ metadata: { annotations: { 'run.googleapis.com/ingress': ingress } } }]
  expect(change(api, 'ingress of function api', has(ofFunction))).toBeNull()
  const other = ofFunction === 'all' ? 'internal' : 'all'
  expect(lines(api, 'ingress of function api', has(other))).toEqual([
    `run services update api --ingress=${ofFunction} --region=us-central1`,
  ])
})

test('functions that tasks and schedules call are left as they are', () => {
  const ingress = resourcesOf({ access: 'internal' }).flatMap((one) =>
    (changeOf(one, [])?.commands ?? []).filter(({ args }) => args.some((word) => word.startsWith('--ingress'))),
  )
  expect(ingress.map(({ args }) => args[3])).toEqual(['api'])
})

const NUMBER = { projectNumber: '42' }
const AGENT = 'serviceAccount:service-42@gcp-sa-iap.iam.gserviceaccount.com'

test('behind IAP nobody but IAP may call the service, and the list says who passes', () => {
  const behind = { ...balanced, iap }
  const [command] = change(behind, 'service holdfast-api', [])?.commands ?? []
  expect(Object.values(command?.files ?? {})[0]).toMatchObject({
    metadata: { annotations: { 'run.googleapis.com/invoker-iam-disabled': 'false' } },
  })
  const right = 'right of IAP to call holdfast-api'
  expect(lines(behind, right, [{ bindings: [] }, NUMBER])).toEqual([
    'services identity create --service=iap.googleapis.com',
    `run services add-iam-policy-binding holdfast-api --region=us-central1 --member=${AGENT} --role=roles/run.invoker`,
  ])
  expect(change(behind, right, [{ bindings: [{ role: 'roles/run.invoker', members: [AGENT] }] }, NUMBER])).toBeNull()
  const role = 'roles/iap.httpsResourceAccessor'
  const present = { bindings: [{ role, members: ['user:b@example.com', 'user:former@example.com'] }] }
  expect(
    lines(behind, 'who passes IAP', [NUMBER, present]).map((line) => line.split(' ').filter((word) => /iam|member/.test(word))),
  ).toEqual([
    ['add-iam-policy-binding', '--member=group:a@example.com'],
    ['remove-iam-policy-binding', '--member=user:former@example.com'],
  ])
  expect(change(behind, 'who passes IAP', [NUMBER, { bindings: [{ role, members: iap.members }] }])).toBeNull()
})

test('the address that callers are told, and that is looked at, is one that they reach', () => {
  const functions = (api: object) => {
    const [command] = change(api, 'functions', [])?.commands ?? []
    return JSON.stringify(command?.files)
  }
  expect(functions(balanced)).toContain(`API_SERVICE_URL=\\"https://${DOMAIN}\\"`)
  expect(functions({ domain: DOMAIN })).not.toContain(DOMAIN)
  const uri = 'https://api-1.run.app'
  const labels = { 'firebase-functions-codebase': 'holdfast' }
  const answer = { functions: [{ name: 'functions/api', labels, serviceConfig: { uri } }] }
  const health = (api: object) => healthOf(targetOf({}, { api }), answer)?.url
  expect(health({})).toBe(`${uri}/health`)
  expect(health(balanced)).toBe(`https://${DOMAIN}/health`)
  expect(health({ access: 'internal' })).toBeUndefined()
  expect(health({ ...balanced, iap })).toBeUndefined()
})

test('services of Google that only a load balancer needs are enabled with one', () => {
  const enabled = (api: object) => lines(api, 'services of Google', [{}]).join(' ')
  expect(enabled({ ...balanced, iap })).toContain('iap.googleapis.com')
  expect(enabled(balanced)).not.toContain('iap.googleapis.com')
  expect(all.map(({ id }) => id)).toContain('load balancer of the API')
})
