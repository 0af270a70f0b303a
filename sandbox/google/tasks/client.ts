import { CloudTasksClient } from '@google-cloud/tasks'
import { credentials } from '@grpc/grpc-js'

/** Google's client on a stand-in at host:port. */
export function clientAt(address: string, projectId: string): CloudTasksClient {
  const [apiEndpoint = '', port] = address.split(':')
  return new CloudTasksClient({ projectId, apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure() })
}
