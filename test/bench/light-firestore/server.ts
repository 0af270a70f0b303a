import {
  type sendUnaryData,
  Server,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js'
import { aggregate, batchGet, commit, runQuery } from './answers.ts'
import { Audience } from './audience.ts'
import { Latency } from './latency.ts'
import { listenCall } from './listen-call.ts'
import {
  type AggregationRequest,
  type BatchGetRequest,
  type CommitRequest,
  decode,
  type ListenRequest,
  type RunQueryRequest,
} from './messages.ts'
import { Store } from './store.ts'

const asIs = (bytes: Buffer): Buffer => bytes

const method = <Request>(name: string, requestDeserialize: (bytes: Buffer) => Request, streams: object) => ({
  path: `/google.firestore.v1.Firestore/${name}`,
  requestStream: false,
  responseStream: false,
  ...streams,
  requestSerialize: () => Buffer.alloc(0),
  requestDeserialize,
  responseSerialize: asIs,
  responseDeserialize: asIs,
})

const SERVICE = {
  commit: method('Commit', decode.commit, {}),
  batchGetDocuments: method('BatchGetDocuments', decode.batchGet, { responseStream: true }),
  runQuery: method('RunQuery', decode.runQuery, { responseStream: true }),
  runAggregationQuery: method('RunAggregationQuery', decode.aggregation, { responseStream: true }),
  listen: method('Listen', decode.listen, { requestStream: true, responseStream: true }),
}

/**
 * Firestore for measurements: the calls that the product makes, in memory, with a fixed latency and little CPU. It keeps nothing, knows no
 * rules, no rights, no limits and no faults, and asks for no composite index, so **it never proves that something is correct**: the tests
 * run on Google's emulator. Its contract tests only show that the bench measures the product at its usual work. Any other method answers
 * UNIMPLEMENTED, and so does a request with a part that it does not know.
 */
export function createLightFirestore(latencyMs: number): Server {
  const store = new Store()
  const audience = new Audience(store)
  const latency = new Latency(latencyMs)
  // The journal's largest groups have some MiB.
  const server = new Server({ 'grpc.max_receive_message_length': -1 })
  server.addService(SERVICE, {
    commit: ({ request }: ServerUnaryCall<CommitRequest, Buffer>, callback: sendUnaryData<Buffer>) => {
      const answer = answerTo(() => commit(store, request))
      latency.after(() => (answer.error ? callback(answer.error) : callback(null, answer.bytes)))
    },
    batchGetDocuments: streaming(latency, (request: BatchGetRequest) => batchGet(store, request)),
    runQuery: streaming(latency, (request: RunQueryRequest) => runQuery(store, request)),
    runAggregationQuery: streaming(latency, (request: AggregationRequest) => aggregate(store, request)),
    listen: (call: ServerDuplexStream<ListenRequest, Buffer>) => listenCall(call, { store, audience, latency }),
  })
  return server
}

function answerTo<Answer>(work: () => Answer): { error: null; bytes: Answer } | { error: Error; bytes: null } {
  try {
    return { error: null, bytes: work() }
  } catch (error) {
    if (!('code' in (error as Error))) console.error(error)
    return { error: error as Error, bytes: null }
  }
}

const streaming =
  <Request>(latency: Latency, work: (request: Request) => Buffer[]) =>
  (call: ServerWritableStream<Request, Buffer>): void => {
    const answer = answerTo(() => work(call.request))
    latency.after(() => {
      if (answer.error) return void call.emit('error', answer.error)
      for (const message of answer.bytes) call.write(message)
      call.end()
    })
  }
