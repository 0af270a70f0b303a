import type { Mutant } from '../mutant.ts'

const OUTGOING_TEST = 'core/src/adapters/outgoing/outgoing.test.ts'
const NOTICES_TEST = 'core/src/operations/alert-notices.test.ts'
const CONDITIONS_TEST = 'functions/src/use-cases/alerts/conditions.test.ts'
const DELIVERY_TEST = 'test/integration/alerts/delivery.test.ts'

/** Mutants of who is told of an alert, how often, and of the addresses that a notice may go to. */
export const ALERTS: readonly Mutant[] = [
  {
    name: 'request-to-an-address-inside',
    invariant: 'beside',
    what: 'a webhook reads the metadata server of the platform',
    edits: [
      { in: 'connectChecked', find: 'isIP(host) !== 0 && !mayConnect(host)', replace: 'false' },
      { in: 'connectChecked', find: "!mayConnect(socket.remoteAddress ?? '')", replace: 'false' },
    ],
    noticedBy: { file: OUTGOING_TEST, tests: 'http://127.0.0.1:PORT/ is refused' },
  },
  {
    name: 'name-of-an-address-inside',
    invariant: 'beside',
    what: 'a name leads a request to an address inside',
    edits: [
      { in: 'checkedLookup', find: '!addresses.every(({ address }) => mayConnect(address))', replace: 'false' },
      { in: 'connectChecked', find: "!mayConnect(socket.remoteAddress ?? '')", replace: 'false' },
    ],
    noticedBy: { file: OUTGOING_TEST, tests: 'is refused when one address of a name is inside' },
  },
  {
    name: 'told-by-each-sweep',
    invariant: 'beside',
    what: 'two sweeps at once make a notice each',
    edits: [
      {
        in: 'tell.ts:tell',
        find: '!(await writeUnlessChanged(documents, snapshot.path, snapshot, made))',
        replace: "!(await documents.commit([{ kind: 'merge', path: snapshot.path, fields: made }]).then(() => true))",
      },
      { in: 'notice-task.ts:noticeId', find: '-${notice}', replace: '-${notice}-${Math.random()}' },
    ],
    noticedBy: { file: DELIVERY_TEST, tests: 'is told of once by three sweeps at once, and by tasks that come again' },
  },
  {
    name: 'sent-although-known',
    invariant: 'beside',
    what: 'a task that comes again sends its notice again',
    edits: [{ in: 'deliver.ts:deliver', find: "last && last.outcome !== 'failed' && !isNewer(ref, last)", replace: 'false' }],
    noticedBy: { file: DELIVERY_TEST, tests: 'is told of once by three sweeps at once, and by tasks that come again' },
  },
  {
    name: 'reminded-although-acknowledged',
    invariant: 'beside',
    what: 'people are reminded of what they take care of',
    edits: [{ in: 'dueNotice', find: "if (state === 'acknowledged') return null", replace: '' }],
    noticedBy: { file: NOTICES_TEST, tests: 'an acknowledged one' },
  },
  {
    name: 'told-in-the-night',
    invariant: 'beside',
    what: 'quiet hours keep nothing back',
    edits: [{ in: 'decideNotice', find: "alert.severity === 'critical' ? 0 : ", replace: 'true ? 0 : ' }],
    noticedBy: { file: NOTICES_TEST, tests: 'a critical alert is told of, and others wait for their end' },
  },
  {
    name: 'told-of-each-session',
    invariant: 'beside',
    what: 'each session of a runner that lost them all is an alert of its own',
    edits: [{ in: 'GROUP_FROM', value: '1000' }],
    noticedBy: { file: CONDITIONS_TEST, tests: 'of one runner with the same trouble are one alert that names the number' },
  },
  {
    name: 'well-because-unknown',
    invariant: 'beside',
    what: 'a list that was cut resolves the alerts that it does not name',
    edits: [{ in: 'conditions.ts:isUnknown', value: '{ return false }' }],
    noticedBy: { file: CONDITIONS_TEST, tests: 'stays when the list that could ask for it was cut' },
  },
]
