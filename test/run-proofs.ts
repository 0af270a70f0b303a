/** Runs `npm run prove -- NAME …`: passes the options to the named proof. */
const PROOFS = {
  chaos: 'kills, pauses and outages under traffic',
  'fail-over': 'how long sessions are away when their runner dies or leaves, and when a runner comes back',
  soak: 'a long run of one runner, whose memory, timers and sockets must not grow',
  crashpoints: 'a runner that crashes before and after each of its steps',
  model: 'owners of one session under thousands of schedules',
  'queue-model': 'a queue to which random things happen, compared with a model of it',
  restore: 'sessions whose journals and checkpoints are damaged at random, and what becomes of them',
  mutants: 'deliberate faults against each invariant, which a test must notice',
  fuzz: 'mutated records, documents, frames, messages and requests',
  skew: 'an earlier version of the product together with this one, under chaos',
  image: 'the image of the runner, built and run: starts, holds a session, leaves in time',
  trial: 'the image of chaos beside a deployment, built and run on stand-ins of its stores',
  outages: 'ten minutes without the network, WhatsApp, Firestore, Cloud Storage or Cloud Tasks, each and in pairs',
  deploy: 'the deployment against recorded APIs of Google: twice, after changes by hand, and with a kill at each change',
  long: 'tests that take minutes each: what people do with a deployment, and kills in conversations',
}

const HELP = `Runs one of the proofs. They cover what the fixed cases of the tests cannot: random cases by a seed, and deliberate faults.

  npm run prove -- NAME [options]
  npm run prove -- NAME --help

${Object.entries(PROOFS)
  .map(([name, what]) => `  ${name.padEnd(14)} ${what}`)
  .join('\n')}

Each proof takes --json, which prints the figures as the last line on stdout.
Exit codes: 0 if all guarantees held, 1 if not, 2 for a wrong option.
`

const [name] = process.argv.splice(2, 1)
if (name === undefined || name === '--help' || name === '-h') process.stdout.write(HELP)
else if (Object.hasOwn(PROOFS, name)) await import(`./reliability/${name}/main.ts`)
else {
  process.stderr.write(`There is no proof ${name}. The proofs are: ${Object.keys(PROOFS).join(', ')}.\n`)
  process.exitCode = 2
}
