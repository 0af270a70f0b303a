import { access, invokers } from './access.ts'
import { audit } from './audit.ts'
import { accounts } from './accounts.ts'
import { alerts } from './alerts.ts'
import { ingressOfFunction } from './api-ingress.ts'
import { apiService } from './api-service.ts'
import { apis } from './apis.ts'
import { buckets } from './buckets.ts'
import { database } from './database.ts'
import { firestoreFiles, type FirestoreFiles } from './firestore-files.ts'
import { encryption } from './encryption.ts'
import { functions } from './functions.ts'
import { iap } from './iap.ts'
import { loadBalancer } from './load-balancer.ts'
import { channels, metrics } from './monitoring.ts'
import { network } from './network.ts'
import { image, repository } from './repository.ts'
import type { Resource } from './resource.ts'
import { secrets } from './secrets.ts'
import type { Target } from './target.ts'
import { runnerPlatform } from './runner-platform.ts'

/** Everything that a deployment needs, in the order of the stages. */
export const allResources = (target: Target, files: FirestoreFiles): readonly Resource[] => [
  ...apis(target),
  ...encryption(target),
  ...accounts(target),
  ...network(target),
  ...database(target),
  ...buckets(target),
  ...secrets(target),
  repository(target),
  ...access(target),
  image(target, 'runner'),
  image(target, 'server'),
  ...firestoreFiles(target, files),
  apiService(target),
  ...loadBalancer(target),
  ...iap(target),
  functions(target),
  ...invokers(target),
  ingressOfFunction(target),
  ...audit(target),
  ...runnerPlatform(target),
  ...metrics(target),
  ...channels(target),
  ...alerts(target),
]
