/** `npm run prove -- NAME …` hands its options to the named proof. */
const PROOFS = {
  chaos: 'kills, pauses and outages under traffic',
  soak: 'one runner for long, whose memory, timers and sockets must not grow',
  crashpoints: 'a runner that dies before and after every step of what it does',
  model: 'owners of one session in thousands of orders of events',
  mutants: 'each invariant broken on purpose; a test must notice',
  fuzz: 'changed records, documents, frames, messages and requests',
}

const HELP = `Proves by chance, with seeds, what the tests cannot list.

  npm run prove -- NAME [options]
  npm run prove -- NAME --help

${Object.entries(PROOFS)
  .map(([name, what]) => `  ${name.padEnd(14)} ${what}`)
  .join('\n')}

Each takes --json, which prints the figures as the last line on stdout, and ends with 0 if all held, 1 if not, 2 for a wrong option.
`

const [name] = process.argv.splice(2, 1)
if (name === undefined || name === '--help' || name === '-h') process.stdout.write(HELP)
else if (Object.hasOwn(PROOFS, name)) await import(`./reliability/${name}/main.ts`)
else {
  process.stderr.write(`There is no proof ${name}. There are: ${Object.keys(PROOFS).join(', ')}.\n`)
  process.exitCode = 2
}
