/** What nobody has measured, and what the estimate takes for it. `docs/COST.md` lists them from here. */
export const ASSUMED = {
  /** The part of the messages that the business sends. */
  sentShare: 0.5,
  /** Sent messages that a task retries, and such as are for later. */
  retriedShare: 0.01,
  laterShare: 0.05,
  /** Requests to the API for each sent message: the message, and a look at its state or at what was received. */
  requestsPerSent: 2,
  /** Cloud Run bills in steps of 100 ms. The API's answer took 9 ms (p50) with one client. */
  billedSecondsPerRequest: 0.1,
  sweepSeconds: 1,
  functionCpu: 1,
  functionGib: 0.5,
  serverCpu: 1,
  serverGib: 1,
  sweepsAMonth: 43_800,
  /** Documents take more than their fields: names, and an entry of each index. */
  storageFactor: 3,
  /** Records of the journal for a sent and a received message. */
  recordsPerSent: 3,
  recordsPerReceived: 1,
  /** A checkpoint follows 256 records, and an hour with changes. */
  recordsPerCheckpoint: 256,
  /** Records that stay for two checkpoints. */
  recordsKept: 512,
  /** Days that a finished job stays before it is archived. */
  jobDays: 30,
  /** An archived job costs so much: its object is written and read back. */
  archived: { reads: 2, writes: 1, deletes: 1, objectCreates: 1, objectReads: 1 },
  /** Checkpoints of a session: the last five, one of each of seven days, and what the day has brought since the last clean-up. */
  checkpointsKept: 24,
  /** Months of received messages and archives that are there: nothing deletes them yet. */
  monthsKept: 12,
  /** A line of the heartbeat each minute, and what Cloud Run logs of a request. */
  heartbeatLogBytes: 400,
  requestLogBytes: 1000,
  alertConditions: 8,
  schedules: 3,
  secretVersions: 3,
  imageGib: 2,
} as const

/** The same in words, in the order of the page. */
export const ASSUMPTIONS: readonly string[] = [
  `half of the messages are sent, half received; ${ASSUMED.retriedShare * 100} % of the sent ones are retried by a task, ${ASSUMED.laterShare * 100} % are for later`,
  `${ASSUMED.requestsPerSent} requests to the API for each sent message, ${ASSUMED.billedSecondsPerRequest * 1000} ms billed for each`,
  `a session has changes in as many hours of a day as it has messages, up to 24, and each such hour ends with a checkpoint`,
  `documents take ${ASSUMED.storageFactor} times their fields, because of names and indexes`,
  `finished jobs are archived after ${ASSUMED.jobDays} days; received messages and archives of ${ASSUMED.monthsKept} months are kept, since nothing deletes them yet`,
  `a session has ${ASSUMED.checkpointsKept} checkpoints at most: those that retention keeps, and those since the last clean-up`,
]
