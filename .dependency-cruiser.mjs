// Who may import whom. `npm run check` also fails when fewer modules were seen than there are source files.
const baileys = '(^|/)node_modules/(@whiskeysockets/baileys|libsignal)/'
const googleSdk = '(^|/)node_modules/(@google-cloud|firebase-admin|google-gax)/'

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'core-is-below-everything', severity: 'error', from: { path: '^core/' }, to: { path: '^(functions|runner|cli|test)/' } },
    { name: 'sdk-only-in-core-gcp', severity: 'error', from: { path: '^(core|runner|functions|cli)/', pathNot: '^core/src/gcp/' }, to: { path: googleSdk } },
    { name: 'functions-know-no-runner', severity: 'error', from: { path: '^functions/' }, to: { path: '^(runner|test)/' } },
    { name: 'runner-knows-no-functions', severity: 'error', from: { path: '^runner/' }, to: { path: '^(functions|test)/' } },
    { name: 'baileys-in-one-folder', severity: 'error', from: { path: '^(core|functions|cli|runner)/', pathNot: '^runner/src/baileys/' }, to: { path: baileys } },
    { name: 'sandbox-knows-no-product', severity: 'error', from: { path: '^test/sandbox/' }, to: { path: '^(core|functions|runner|cli)/' } },
    {
      name: 'baileys-in-tests-only-where-named',
      severity: 'error',
      from: { path: '^test/', pathNot: '^test/(sandbox/whatsapp|sandbox/trust-simulator|sandbox/fixtures|facts|bench|fuzz/targets/wire)' },
      to: { path: baileys },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node_modules/\\.cache' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
}
