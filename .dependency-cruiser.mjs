// Who may import whom. `npm run check` also fails when fewer modules were seen than there are source files.
const baileys = '(^|/)node_modules/(@whiskeysockets/baileys|libsignal)/'
const googleSdk = '(^|/)node_modules/(@google-cloud|firebase-admin|google-gax)/'

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-is-below-everything',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(functions|runner|cli|sandbox|test)/' },
    },
    {
      name: 'client-knows-nothing-of-us',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(core|functions|runner|infra|cli|sandbox|test)/' },
    },
    {
      name: 'product-knows-no-client',
      severity: 'error',
      from: { path: '^(core|functions|runner)/' },
      to: { path: '^client/' },
    },
    {
      name: 'sdk-only-in-google-adapters',
      severity: 'error',
      from: { path: '^(core|runner|functions|cli)/', pathNot: '^core/src/adapters/google/' },
      to: { path: googleSdk },
    },
    {
      name: 'infra-stands-alone',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^(core|functions|runner|client|cli|sandbox|test)/' },
    },
    {
      name: 'functions-know-no-runner',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(runner|sandbox|test)/' },
    },
    {
      name: 'runner-knows-no-functions',
      severity: 'error',
      from: { path: '^runner/' },
      to: { path: '^(functions|sandbox|test)/' },
    },
    {
      name: 'baileys-in-one-folder',
      severity: 'error',
      from: { path: '^(core|functions|cli|runner)/', pathNot: '^runner/src/whatsapp/baileys/' },
      to: { path: baileys },
    },
    {
      name: 'whatsapp-client-knows-no-session',
      comment: 'What the client may ask of the session stands in runner/src/whatsapp/port.ts.',
      severity: 'error',
      from: { path: '^runner/src/whatsapp/', pathNot: '(\\.test\\.ts$|^runner/src/whatsapp/baileys/testing/)' },
      to: { path: '^runner/src/(session|supervisor|process)/' },
    },
    {
      name: 'session-knows-no-whatsapp-client',
      comment: 'What the session needs of a client stands in runner/src/whatsapp/port.ts.',
      severity: 'error',
      from: { path: '^runner/src/(session|supervisor|process)/' },
      to: { path: '^runner/src/whatsapp/', pathNot: '^runner/src/whatsapp/port\\.ts$' },
    },
    {
      name: 'sandbox-knows-no-product',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(core|functions|runner|cli)/' },
    },
    {
      name: 'client-in-the-sandbox-only-for-the-demo',
      severity: 'error',
      from: { path: '^sandbox/', pathNot: '^sandbox/demo/' },
      to: { path: '^client/' },
    },
    {
      name: 'baileys-in-tests-only-where-named',
      severity: 'error',
      from: {
        path: '^(sandbox|test)/',
        pathNot:
          '^(sandbox/(whatsapp|trust-simulator)|test/(support/fixtures|integration/facts|bench|reliability/fuzz/targets/wire))',
      },
      to: { path: baileys },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules/\\.cache|infra/build)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
