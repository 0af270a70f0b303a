import { defineConfig, loadEnv } from 'vite'

/** `npx vite dashboard` serves the sources, and hands requests of the API on to a sandbox: `HOLDFAST_URL=http://127.0.0.1:PORT`. */
export default defineConfig(({ command, mode }) => ({
  base: '/dashboard/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // The page's policy allows no script and no style within a document.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: new URL('index.html', import.meta.url).pathname,
        worker: new URL('worker/worker.ts', import.meta.url).pathname,
      },
      output: {
        // A service worker keeps its address, or old pages would never hear of a new one.
        entryFileNames: ({ name }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server:
    command === 'serve' ? { proxy: { '^/(api|health)': loadEnv(mode, process.cwd(), 'HOLDFAST_')['HOLDFAST_URL'] ?? '' } } : {},
}))
