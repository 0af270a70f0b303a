import { createHash } from 'node:crypto'
import { type Command, gcloud } from './command.ts'
import { at, lastOf, listAt, textAt, textsAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** The name of all its parts, each in its own list, and of the service behind it. */
const NAME = 'holdfast-api'

/** The parts in the order in which each needs the ones before. */
const KINDS = [
  { list: 'addresses', group: 'addresses' },
  { list: 'networkEndpointGroups', group: 'network-endpoint-groups', isRegional: true },
  { list: 'backendServices', group: 'backend-services' },
  { list: 'urlMaps', group: 'url-maps' },
  { list: 'sslPolicies', group: 'ssl-policies' },
  { list: 'targetHttpsProxies', group: 'target-https-proxies' },
  { list: 'forwardingRules', group: 'forwarding-rules' },
] as const
type List = (typeof KINDS)[number]['list']

const kindOf = (list: List) => KINDS.find((kind) => kind.list === list) ?? KINDS[0]

const listUrl = ({ project, region }: Target, list: string, isRegional = false): string =>
  `https://compute.googleapis.com/compute/v1/projects/${project}/${isRegional ? `regions/${region}` : 'global'}/${list}`

function readOf(target: Target, list: List): Read {
  const { isRegional } = { isRegional: false, ...kindOf(list) }
  return { url: `${listUrl(target, list, isRegional)}/${NAME}` }
}

function command(target: Target, list: List, verb: string, ...more: readonly string[]): Command {
  const { group, isRegional } = { isRegional: false, ...kindOf(list) }
  const place = isRegional ? `--region=${target.region}` : '--global'
  return gcloud(target.project, ['compute', group, verb, NAME, place, ...more])
}

/** The read of the address that the domain has to lead to. */
export const balancerAddressRead = (target: Target): Read => readOf(target, 'addresses')

/** Google never changes a certificate: each domain has one with a name of its own. */
const certificateOf = (domain: string): string => `${NAME}-${createHash('sha256').update(domain).digest('hex').slice(0, 8)}`

export const certificateRead = (target: Target, domain: string): Read => ({
  url: `${listUrl(target, 'sslCertificates')}/${certificateOf(domain)}`,
})

/**
 * Callers come by the domain of the environment, in TLS 1.2 or newer. Nothing answers HTTP without TLS, because a caller who has
 * sent its key in the clear would not notice a redirection.
 */
export function loadBalancer(target: Target): readonly Resource[] {
  const { domain, iap } = target.environment.api
  if (domain === undefined) return [unwanted(target)]
  return [
    part(target, 'addresses', { id: 'address of the load balancer', options: ['--ip-version=IPV4'] }),
    endpoints(target),
    backend(target, iap !== undefined),
    routes(target),
    policy(target),
    certificate(target, domain),
    proxy(target, certificateOf(domain)),
    rule(target),
    formerCertificates(target, certificateOf(domain)),
  ]
}

interface Part {
  readonly id: string
  readonly options?: readonly string[]
}

/** All are in one lane, because each needs the one before. */
function part(target: Target, list: List, { id, options = [] }: Part): Resource {
  return {
    id,
    stage: 'balancer',
    lane: 'balancer',
    reads: [readOf(target, list)],
    permissions: [`compute.${list}.create`],
    create: () => [command(target, list, 'create', ...options)],
    remove: () => [command(target, list, 'delete')],
  }
}

/** Stands for the service. */
const endpoints = (target: Target): Resource => ({
  ...part(target, 'networkEndpointGroups', {
    id: 'endpoint of the load balancer',
    options: ['--network-endpoint-type=serverless', `--cloud-run-service=${NAME}`],
  }),
  want: () => ({ networkEndpointType: 'SERVERLESS', cloudRun: { service: NAME } }),
  fixed: ['networkEndpointType', 'cloudRun.service'],
})

const MANAGED = '--load-balancing-scheme=EXTERNAL_MANAGED'

/** A run that was cut short leaves it without its backend. */
function backend(target: Target, hasIap: boolean): Resource {
  const iap = `--iap=${hasIap ? 'enabled' : 'disabled'}`
  const group = [`--network-endpoint-group=${NAME}`, `--network-endpoint-group-region=${target.region}`]
  const add = command(target, 'backendServices', 'add-backend', ...group)
  const own = part(target, 'backendServices', { id: 'backend of the load balancer' })
  return {
    ...own,
    have: ([answer]) =>
      answer && {
        scheme: at(answer, 'loadBalancingScheme'),
        backends: listAt(answer, 'backends').map((one) => lastOf(textAt(one, 'group') ?? '')),
        iap: at(answer, 'iap', 'enabled') === true,
      },
    want: () => ({ scheme: 'EXTERNAL_MANAGED', backends: [NAME], iap: hasIap }),
    fixed: ['scheme'],
    permissions: [...own.permissions, 'compute.backendServices.update'],
    create: () => [command(target, 'backendServices', 'create', MANAGED, '--protocol=HTTPS', iap), add],
    update: (_have, _answers, different) => [
      ...(different.some(({ path }) => path.startsWith('backends')) ? [add] : []),
      ...(different.some(({ path }) => path === 'iap') ? [command(target, 'backendServices', 'update', iap)] : []),
    ],
  }
}

const routes = (target: Target): Resource => ({
  ...part(target, 'urlMaps', { id: 'routes of the load balancer', options: [`--default-service=${NAME}`] }),
  have: ([answer]) => answer && { service: lastOf(textAt(answer, 'defaultService') ?? '') },
  want: () => ({ service: NAME }),
  update: () => [command(target, 'urlMaps', 'set-default-service', `--default-service=${NAME}`)],
})

function policy(target: Target): Resource {
  const options = ['--profile=MODERN', '--min-tls-version=1.2']
  return {
    ...part(target, 'sslPolicies', { id: 'TLS of the load balancer', options }),
    want: () => ({ profile: 'MODERN', minTlsVersion: 'TLS_1_2' }),
    update: () => [command(target, 'sslPolicies', 'update', ...options)],
  }
}

/** Google makes it when the domain leads to the address, and renews it. */
function certificate(target: Target, domain: string): Resource {
  const words = ['compute', 'ssl-certificates']
  const name = certificateOf(domain)
  return {
    id: `certificate of the load balancer for ${domain}`,
    stage: 'balancer',
    lane: 'balancer',
    reads: [certificateRead(target, domain)],
    permissions: ['compute.sslCertificates.create'],
    create: () => [gcloud(target.project, [...words, 'create', name, '--global', `--domains=${domain}`])],
    remove: () => [gcloud(target.project, [...words, 'delete', name, '--global'])],
  }
}

function proxy(target: Target, certificateName: string): Resource {
  const options = [
    `--url-map=${NAME}`,
    '--global-url-map',
    `--ssl-certificates=${certificateName}`,
    '--global-ssl-certificates',
    `--ssl-policy=${NAME}`,
    '--global-ssl-policy',
  ]
  const own = part(target, 'targetHttpsProxies', { id: 'proxy of the load balancer', options })
  return {
    ...own,
    warning:
      'a former domain ends at once, and a new one answers when Google has made its certificate, within an hour of its DNS record',
    have: ([answer]) =>
      answer && {
        routes: lastOf(textAt(answer, 'urlMap') ?? ''),
        certificates: textsAt(answer, 'sslCertificates').map(lastOf),
        policy: lastOf(textAt(answer, 'sslPolicy') ?? ''),
      },
    want: () => ({ routes: NAME, certificates: [certificateName], policy: NAME }),
    permissions: [...own.permissions, 'compute.targetHttpsProxies.update'],
    update: () => [command(target, 'targetHttpsProxies', 'update', ...options)],
  }
}

/** The last part: what takes requests at the address. */
const rule = (target: Target): Resource => ({
  ...part(target, 'forwardingRules', {
    id: 'port of the load balancer',
    options: [
      MANAGED,
      '--network-tier=PREMIUM',
      `--address=${NAME}`,
      '--global-address',
      `--target-https-proxy=${NAME}`,
      '--global-target-https-proxy',
      '--ports=443',
    ],
  }),
  have: ([answer]) =>
    answer && { proxy: lastOf(textAt(answer, 'target') ?? ''), port: textAt(answer, 'portRange')?.split('-')[0] },
  want: () => ({ proxy: NAME, port: '443' }),
})

/** Certificates of domains that the environment does not have any more. */
function formerCertificates(target: Target, present: string): Resource {
  return {
    id: 'certificates of the load balancer for former domains',
    stage: 'balancer',
    lane: 'balancer',
    unwanted: true,
    reads: [{ url: listUrl(target, 'sslCertificates') }],
    have: ([answer]) => listOrNull(certificatesIn(answer).filter((name) => name !== present)),
    permissions: ['compute.sslCertificates.delete'],
    create: () => [],
    remove: (names) => removeCertificates(target, names as readonly string[]),
  }
}

const certificatesIn = (answer: unknown): readonly string[] =>
  listAt(answer, 'items')
    .map((one) => textAt(one, 'name') ?? '')
    .filter((name) => new RegExp(`^${NAME}-[0-9a-f]{8}$`).test(name))

const removeCertificates = ({ project }: Target, names: readonly string[]): readonly Command[] =>
  names.length === 0 ? [] : [gcloud(project, ['compute', 'ssl-certificates', 'delete', ...names, '--global'])]

const listOrNull = <T>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list)

/** All of it, where the environment has no domain: it would be paid for. The last part goes first. */
function unwanted(target: Target): Resource {
  const reversed = KINDS.toReversed()
  return {
    id: 'load balancer of the API',
    stage: 'balancer',
    unwanted: true,
    warning: 'its address is given back, and the domain leads nowhere then',
    reads: [...reversed.map(({ list }) => readOf(target, list)), { url: listUrl(target, 'sslCertificates') }],
    have: (answers) => {
      const parts = reversed.filter((_, index) => (answers[index] ?? null) !== null).map(({ list }) => list)
      const certificates = certificatesIn(answers[reversed.length])
      return parts.length + certificates.length === 0 ? null : { parts, certificates }
    },
    permissions: KINDS.map(({ list }) => `compute.${list}.delete`),
    create: () => [],
    remove: (have) => {
      const parts = textsInOrder(have, 'parts') as readonly List[]
      return [
        ...parts.map((list) => command(target, list, 'delete')),
        ...removeCertificates(target, textsInOrder(have, 'certificates')),
      ]
    },
  }
}

const textsInOrder = (have: unknown, field: string): readonly string[] => (at(have, field) ?? []) as readonly string[]
