import type { Reader } from '../google/look.ts'
import { addressOf, apiServiceRead } from '../resources/api-service.ts'
import { balancerAddressRead } from '../resources/load-balancer.ts'
import type { Target } from '../resources/target.ts'
import { recordOf } from './checks-of-access.ts'

/** Returns what whoever has deployed has to know to reach the API: its addresses, and who may come to them. */
export async function whereApiIs(target: Target, reader: Reader): Promise<readonly string[]> {
  const { access, domain, iap } = target.environment.api
  if (access === 'internal') {
    const address = addressOf(await reader.read(apiServiceRead(target)))
    return [`The API is at ${address ?? 'no address yet'}, for callers in a network of the project. Others get 404.`]
  }
  if (domain === undefined) {
    const server = addressOf(await reader.read(apiServiceRead(target)))
    const besides = server === undefined ? '' : ` As a server, for large bodies and streams, it is at ${server}.`
    return [`The API is at https://${target.region}-${target.project}.cloudfunctions.net/api.${besides}`]
  }
  const record = recordOf(domain, await reader.read(balancerAddressRead(target)))
  return [
    `The API is at https://${domain} once this DNS record is set: ${record}. \`npm run infra -- doctor\` says when its certificate is there.`,
    ...(access === 'public' ? ['Its other addresses stay open until the environment has `"access": "load-balancer"`.'] : []),
    ...(iap ? ['Google asks callers who they are. They send the key of the API besides, in X-Api-Key.'] : []),
  ]
}
