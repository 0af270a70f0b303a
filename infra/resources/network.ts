import { portsOfRunner } from '../environment/ports.ts'
import { type Command, gcloud } from './command.ts'
import type { DeployedUnit } from './deployed-functions.ts'
import { lastOf, listAt, textAt, textsAt } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** The names of all parts of the network, each in its own list. */
const NAME = 'holdfast'

/** Cloud Run takes two addresses for a runner, and keeps them for some minutes after its end. */
const RANGE = '10.64.0.0/22'

/** Runners reach the internet by this address alone, if the environment says so. */
export function network(target: Target): readonly Resource[] {
  return target.environment.egress.fixedAddress ? networkParts(target) : []
}

const networkParts = (target: Target): readonly Resource[] => [
  networkItself(target),
  subnet(target),
  address(target),
  router(target),
  nat(target),
]

const urlOf = ({ project }: Target, path: string): string =>
  `https://compute.googleapis.com/compute/v1/projects/${project}/${path}/${NAME}`

const regional = (target: Target, kind: string): Read => ({ url: urlOf(target, `regions/${target.region}/${kind}`) })

/** The read of the address that WhatsApp sees. */
export const addressRead = (target: Target): Read => regional(target, 'addresses')

interface Part {
  readonly id: string
  readonly read: Read
  /** The words that name its kind: `compute networks`. */
  readonly kind: readonly string[]
  readonly place?: readonly string[]
  readonly options?: readonly string[]
  readonly permission: string
}

/** All are in one lane, because each needs the one before. */
function part({ project }: Target, { id, read, kind, place = [], options = [], permission }: Part): Resource {
  return {
    id,
    stage: 'base',
    lane: 'network',
    reads: [read],
    permissions: [`${permission}.create`],
    create: () => [gcloud(project, ['compute', ...kind, 'create', NAME, ...place, ...options])],
    remove: () => [gcloud(project, ['compute', ...kind, 'delete', NAME, ...place])],
  }
}

const networkItself = (target: Target): Resource =>
  part(target, {
    id: 'network holdfast',
    read: { url: urlOf(target, 'global/networks') },
    kind: ['networks'],
    options: ['--subnet-mode=custom'],
    permission: 'compute.networks',
  })

/** Google's own services are reached without the address, by private access. */
const subnet = (target: Target): Resource => ({
  ...part(target, {
    id: 'subnet of the runners',
    read: regional(target, 'subnetworks'),
    kind: ['networks', 'subnets'],
    place: [`--region=${target.region}`],
    options: [`--network=${NAME}`, `--range=${RANGE}`, '--enable-private-ip-google-access'],
    permission: 'compute.subnetworks',
  }),
  want: () => ({ ipCidrRange: RANGE, privateIpGoogleAccess: true }),
  fixed: ['ipCidrRange'],
  update: () => {
    const place = [NAME, `--region=${target.region}`]
    return [gcloud(target.project, ['compute', 'networks', 'subnets', 'update', ...place, '--enable-private-ip-google-access'])]
  },
})

const address = (target: Target): Resource =>
  part(target, {
    id: 'fixed address',
    read: addressRead(target),
    kind: ['addresses'],
    place: [`--region=${target.region}`],
    permission: 'compute.addresses',
  })

const router = (target: Target): Resource =>
  part(target, {
    id: 'router holdfast',
    read: regional(target, 'routers'),
    kind: ['routers'],
    place: [`--region=${target.region}`],
    options: [`--network=${NAME}`],
    permission: 'compute.routers',
  })

/** The NAT is a part of its router. Its ports are enough for all connections of a runner to one host of WhatsApp. */
function nat(target: Target): Resource {
  const ports = portsOfRunner(target.environment.runner.maxConnections)
  const command = (verb: string, ...more: readonly string[]) =>
    gcloud(target.project, ['compute', 'routers', 'nats', verb, NAME, `--router=${NAME}`, `--region=${target.region}`, ...more])
  const options = [`--nat-external-ip-pool=${NAME}`, `--nat-custom-subnet-ip-ranges=${NAME}`, `--min-ports-per-vm=${ports}`]
  return {
    id: 'way out by the fixed address',
    stage: 'base',
    lane: 'network',
    reads: [regional(target, 'routers')],
    have: ([answer]) => {
      const found = listAt(answer, 'nats').find(({ name }) => name === NAME)
      return found && { ...found, addresses: textsAt(found, 'natIps').map(lastOf) }
    },
    want: () => ({ minPortsPerVm: ports, addresses: [NAME], natIpAllocateOption: 'MANUAL_ONLY' }),
    permissions: ['compute.routers.update'],
    create: () => [command('create', ...options)],
    update: () => [command('update', ...options)],
    remove: () => [command('delete')],
  }
}

/**
 * Annotations of the template of a unit on Cloud Run. One that calls the internet goes through the network, if there is one. One that calls
 * Google alone does not: instances in a network begin later, and Google wants no address. The ports of the address are counted for the runners.
 */
export const networkAnnotations = ({ environment }: Target, { reaches }: DeployedUnit): Readonly<Record<string, string>> =>
  environment.egress.fixedAddress && reaches === 'internet'
    ? {
        'run.googleapis.com/network-interfaces': JSON.stringify([{ network: NAME, subnetwork: NAME }]),
        'run.googleapis.com/vpc-access-egress': 'all-traffic',
      }
    : {}

const WAY = ['run.googleapis.com/network-interfaces', 'run.googleapis.com/vpc-access-egress']

/** What a template has of the network and should not have, as empty annotations: only wanted fields are compared. */
export const formerNetwork = (template: unknown, wanted: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    WAY.filter((name) => !(name in wanted) && textAt(template, 'metadata', 'annotations', name) !== undefined).map((name) => [
      name,
      '',
    ]),
  )

/** What is paid for while it is there: the address, and the NAT of the router. */
export const paidNetworkReads = (target: Target): readonly Read[] => [addressRead(target), regional(target, 'routers')]

/** Removes all of the network, for people. The last part goes first. */
export const networkRemoval = (target: Target): readonly Command[] =>
  networkParts(target)
    .toReversed()
    .flatMap((one) => one.remove?.(null) ?? [])

export const addressIn = (answer: unknown): string | undefined => textAt(answer, 'address')
